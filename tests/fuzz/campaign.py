"""Lets every fuzz target search for some CPU time, and counts what was found; started by tests/fuzz/run.

What is new goes to BUILD/corpus/NAME, what breaks a target to BUILD/findings/NAME.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ENOUGH_FINDINGS = 5  # of one target: what comes after them is mostly the same again
SLICE_SECONDS = 60
SLOW_SECONDS = 5


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Target:
    def __init__(self, name, build):
        self.name = name
        self.program = build / "bin" / f"fuzz_{name}"
        self.seeds = FOLDER / "corpus" / name
        self.corpus = build / "corpus" / name
        self.found = build / "findings" / name
        for folder in (self.corpus, self.found):
            folder.mkdir(parents=True, exist_ok=True)

    def findings(self):
        return sorted(path for path in self.found.iterdir() if path.is_file())

    def command(self, *options):
        return [str(self.program), "-timeout=10", "-rss_limit_mb=2048", f"-artifact_prefix={self.found}/", *options]

    def search(self, seconds):
        """Searches for so many CPU seconds, on a busy machine for longer by the clock. @return the CPU seconds used."""
        began = cpu_seconds()
        dictionary = FOLDER / f"{self.name}.dict"
        options = [f"-dict={dictionary}"] if dictionary.exists() else []
        while cpu_seconds() - began < seconds and len(self.findings()) < ENOUGH_FINDINGS:
            left = max(1, min(SLICE_SECONDS, int(seconds - (cpu_seconds() - began)) + 1))
            done = subprocess.run(self.command(f"-max_total_time={left}", "-max_len=8192", "-print_final_stats=1", *options,
                                               str(self.corpus), str(self.seeds)),
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env=dict(os.environ, TMPDIR="/dev/shm"))
            (self.found.parent / f"{self.name}.log").write_bytes(done.stdout)
            if done.returncode and not self.findings():
                sys.exit(f"fuzz_{self.name} ended with {done.returncode}:\n{done.stdout.decode(errors='replace')}")
            self.forget_stalls()
        return cpu_seconds() - began

    def forget_stalls(self):
        """What took long while the machine stood still, and is quick now, is no finding."""
        for path in self.findings():
            if path.name.startswith(("slow-unit-", "timeout-")):
                began = time.monotonic()
                done = subprocess.run(self.command(str(path)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
                if done.returncode == 0 and time.monotonic() - began < SLOW_SECONDS:
                    path.unlink()

    def keep(self):
        """Adds to the corpus in the tree what covers something that it does not cover yet."""
        subprocess.run(self.command("-merge=1", "-set_cover_merge=1", str(self.seeds), str(self.corpus)), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, TMPDIR="/dev/shm"))


def names():
    return sorted(path.stem for path in FOLDER.glob("*.cpp") if path.stem != "replay")


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests/fuzz/run", description="Fuzzes the parsers.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(names())} (default: all)")
    parser.add_argument("--seconds", type=int, default=600, metavar="N", help="CPU seconds per target (default 600)")
    parser.add_argument("--keep", action="store_true", help="add to tests/fuzz/corpus what reaches further than it does")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.targets) - set(names()))
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    targets = [Target(name, options.build) for name in options.targets or names()]
    findings, used = 0, 0.0
    for target in targets:
        seconds = target.search(options.seconds)
        used += seconds
        found = target.findings()
        findings += len(found)
        print(f"{target.name}: {len(found)} findings in {seconds / 60:.1f} CPU-minutes, {len(list(target.corpus.iterdir()))} inputs",
              flush=True)
        for path in found:
            print(f"  {path}", flush=True)
        if options.keep:
            target.keep()
    print(f"{findings} findings in {used / 60:.1f} CPU-minutes over {len(targets)} targets")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
