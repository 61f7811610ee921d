"""What a fetch costs, beside the programs that one would take instead: time, bytes over the line, memory; started by tests/bench/fetch.

Every figure is the whole process, fo-fetch's reading back and unpacking on disk included, and what it brought is compared with the
store's bytes. Ratios are of one run on one host. `xN` is how many times fo-fetch's time another took.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import namedtuple
from pathlib import Path

from bench import line, pbx_nights
from bench.stores import NAME, GcsStore, HttpsStore, S3Store, SftpStore, SmbStore
from support import tool
from support.backups import sha256

# `most` bytes of a PBX's files, where the server takes no more.
Part = namedtuple("Part", "store night round_trip megabits names goals most", defaults=(None,))
Cost = namedtuple("Cost", "seconds carried memory")
WHOLE, ALONE, DELTA = "fo-fetch whole", "fo-fetch, 1 connection", "fo-fetch delta"

# A goal is (who, times): fo-fetch's first row takes at most that part of the other's time.
_SFTP = (WHOLE, ALONE, "sftp", "lftp", "rclone", "curl")
_NIGHT = (DELTA, WHOLE, "rsync", "rclone")
PARTS = {
    "sftp-0": Part(SftpStore, None, 0, 0, _SFTP, ()),
    "sftp-30": Part(SftpStore, None, 30, 0, _SFTP, ()),
    "sftp-50": Part(SftpStore, None, 50, 1000, _SFTP, (("line", 0.75), ("sftp", 2.3), ("curl", 10))),
    "night-1": Part(SftpStore, "1", 20, 200, _NIGHT, (("bytes", 1.1), (WHOLE, 18), ("rsync", 1))),
    "night-5": Part(SftpStore, "5", 20, 200, _NIGHT, (("bytes", 1.1), ("rsync", 1))),
    "night-grown": Part(SftpStore, "grown", 20, 200, _NIGHT, (("bytes", 0.15), ("rsync", 1))),
    "zsync-1": Part(HttpsStore, "1", 20, 200, (DELTA, WHOLE, "zsync", "rclone"), (("bytes", 1.1), (WHOLE, 18), ("zsync", 2))),
    "zsync-5": Part(HttpsStore, "5", 20, 200, (DELTA, WHOLE, "zsync", "rclone"), (("bytes", 1.1), ("zsync", 2))),
    "https": Part(HttpsStore, None, 30, 0, (WHOLE, ALONE, "curl", "rclone"), ()),
    "smb": Part(SmbStore, None, 0, 0, (WHOLE, "smbclient", "rclone"), ()),
    "gs": Part(GcsStore, None, 0, 0, (WHOLE, "node"), (), 150 << 20),
    "s3": Part(S3Store, None, 0, 0, (WHOLE, "rclone"), ()),
}
NIGHTS = {"1": (1, False), "5": (5, False), "grown": (1, True)}


def size_of(text):
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    return int(float(text[:-1]) * factor[text[-1]]) if text[-1] in factor else int(text)


def _peak_of(pid):
    """MB at most so far, of a process and its children. Not getrusage(2): that counts what this process had when it forked."""
    peak = 0.0
    try:
        for text in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if text.startswith("VmHWM:"):
                peak += int(text.split()[1]) / 1024
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
            peak += _peak_of(child)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return peak


def _peak_until_end(process):
    peak = 0.0
    while True:
        peak = max(peak, _peak_of(process.pid))
        try:
            process.wait(0.02)
            return peak
        except subprocess.TimeoutExpired:
            continue


class Nights:
    """The archives, in a folder that outlives the run if it was named."""

    def __init__(self, folder, size, files):
        self.folder, self.size, self.files = Path(folder), size, files
        self.folder.mkdir(parents=True, exist_ok=True)
        self.first = self.folder / "first.zip"

    def _tree(self):
        tree = self.folder / "tree"
        if not tree.exists():
            made = self.folder / "tree.new"
            shutil.rmtree(made, ignore_errors=True)
            pbx_nights.first_night(made, self.size, self.files)
            made.rename(tree)
        return tree

    def archive(self, night=None):
        path = self.folder / f"{night}.zip" if night else self.first
        if path.exists():
            return path
        work = self.folder / "night"
        shutil.rmtree(work, ignore_errors=True)
        if night:
            shutil.copytree(self._tree(), work)
            pbx_nights.next_night(work, *NIGHTS[night])
        pbx_nights.pack(work if night else self._tree(), path)
        shutil.rmtree(work, ignore_errors=True)
        return path

    def at_most(self, size):
        """These, or smaller ones."""
        if size is None or self.size <= size:
            return self
        return Nights(self.folder / f"{size >> 20}M", size, self.files * size // self.size)


class Bench:
    def __init__(self, folder, options):
        self.folder, self.options = Path(folder), options
        self.relay = line.build(folder)
        self.nights = Nights(options.data or self.folder / "nights", size_of(options.size), options.files)
        self.out = self.folder / "out"

    def measure(self, store, name, round_trip, megabits, base=None):
        """`base` is what is here before: a folder."""
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.copytree(base, self.out) if base else self.out.mkdir()
        server_port = store.server_port(name) if hasattr(store, "server_port") else store.port
        with line.Line(self.relay, server_port, round_trip, megabits) as way:
            command, more = store.way(name, way.port, self.out)
            os.sync()  # what others wrote is not for this one to wait for
            began = time.monotonic()
            with open(self.folder / "said", "wb") as said:
                process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                           env=tool.environment(more), cwd=self.folder)
                memory = _peak_until_end(process)
            seconds = time.monotonic() - began
        newest = max((path for path in self.out.iterdir() if path.suffix == ".zip"), key=lambda path: path.stat().st_mtime_ns, default=None)
        if process.returncode != 0 or newest is None or sha256(newest) != sha256(store.object):
            raise SystemExit(f"{name} failed: {(self.folder / 'said').read_text(errors='replace')}")
        return Cost(seconds, way.carried, memory)

    def bases(self, store):
        """Name -> the folder with last night's backup as that program left it: fo-fetch's own, or a plain copy."""
        ours, plain = self.folder / "ours", self.folder / "plain"
        for folder in (ours, plain):
            shutil.rmtree(folder, ignore_errors=True)
        store.put(self.nights.archive(), 90_000)
        self.measure(store, WHOLE, 0, 0)
        shutil.copytree(self.out, ours)
        plain.mkdir()
        shutil.copyfile(self.nights.archive(), plain / NAME)
        return lambda name: ours if name.startswith("fo-fetch") else plain

    def run_part(self, title, part):
        round_trip = part.round_trip if self.options.round_trip is None else self.options.round_trip
        megabits = part.megabits if self.options.megabits is None else self.options.megabits
        archive = self.nights.at_most(part.most).archive(part.night)
        store = part.store(self.folder)
        try:
            base_of = self.bases(store) if part.night else lambda name: None
            store.put(archive, 3600)
            size = archive.stat().st_size
            print(f"\n{title}: {size / 1e6:.0f} MB, {round_trip} ms, {megabits or 'any number of'} Mbit/s; load {os.getloadavg()[0]:.1f}", flush=True)
            names = [name for name in part.names if not self.options.only or name.startswith("fo-fetch") or name in self.options.only]
            costs = {name: [] for name in names}
            for _ in range(self.options.runs):
                for name in names:
                    costs[name].append(self.measure(store, name, round_trip, megabits, base_of(name)))
            medians = {name: Cost(*map(statistics.median, zip(*all_of))) for name, all_of in costs.items()}
            self.show(medians, size)
            self.judge(part, medians, archive, megabits)
        finally:
            store.close()

    @staticmethod
    def show(costs, size):
        ours = next(iter(costs.values())).seconds
        for name, cost in costs.items():
            print(f"  {name:24}{cost.seconds:8.2f} s {cost.carried / 1e6:9.1f} MB {100 * cost.carried / size:7.2f} % {cost.memory:6.0f} MB peak "
                  f"x{cost.seconds / ours:.2f}", flush=True)

    def judge(self, part, costs, archive, megabits):
        name, ours = next(iter(costs.items()))
        for what, goal in part.goals:
            if what == "line":
                value, text = ours.carried / (megabits * line.BYTES_PER_MEGABIT) / ours.seconds, "of the line"
            elif what == "bytes":
                least = pbx_nights.changed_bytes(self.nights.archive(), archive)
                value, text = ours.carried / least, f"times the {least / 1e6:.1f} MB of changed entries and central directory (at most)"
            elif what in costs:
                value, text = costs[what].seconds / ours.seconds, f"times as fast as {what}"
            else:
                continue
            met = value <= goal if what == "bytes" else value >= goal
            print(f"    goal: {name} {goal:g} {text}: {value:.2f}, {'met' if met else 'MISSED'}", flush=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="tests/bench/fetch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--size", default="1G", help="of the PBX's files (default 1G)")
    parser.add_argument("--files", type=int, default=12_000)
    parser.add_argument("--data", metavar="FOLDER", help="where the nights are made, and stay for the next run")
    parser.add_argument("--prepare", action="store_true", help="only make the nights")
    parser.add_argument("--only", action="append", metavar="PROGRAM", help="measure fo-fetch and this one; repeatable")
    parser.add_argument("--round-trip", type=float, metavar="MS")
    parser.add_argument("--megabits", type=float, help="0: no limit")
    parser.add_argument("--folder", default="/var/tmp", help="on the file system to measure")
    parser.add_argument("--runs", type=int, default=1, help="medians of so many, in turn")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="fo-bench-fetch.", dir=options.folder) as folder:
        bench = Bench(folder, options)
        for title, part in PARTS.items():
            if options.parts and title not in options.parts:
                continue
            bench.nights.archive()
            if options.prepare:
                bench.nights.archive(part.night)
            else:
                bench.run_part(title, part)


if __name__ == "__main__":
    main()
