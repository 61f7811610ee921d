"""A block device that keeps a log of its writes, and images of what it may hold after a power loss.

qemu-storage-daemon exports a file by FUSE and logs every write and flush in the format of dm-log-writes. What was
flushed is on the disk; of what came after the last flush any part may be.
"""

import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
MAGIC = 0x6A736677736872


@dataclass(frozen=True)
class Write:
    """One entry: where, what, and which flags."""

    offset: int
    data: bytes
    flags: int
    place: int  # in the log: entries below an earlier size of the log were there by then


def read_log(path):
    """Every entry of a log, in order."""
    content = Path(path).read_bytes()
    assert int.from_bytes(content[:8], "little") == MAGIC, path
    entries = []
    at = SECTOR
    while at + SECTOR <= len(content):
        sector, count, flags, _ = (int.from_bytes(content[at + 8 * i:at + 8 * i + 8], "little") for i in range(4))
        if not (sector or count or flags):
            break
        length = 0 if flags & (DISCARD | MARK) else count * SECTOR
        data = content[at + SECTOR:at + SECTOR + length] if not flags & DISCARD else bytes(count * SECTOR)
        entries.append(Write(sector * SECTOR, data, flags, at))
        at += SECTOR + length
    return entries


class LoggedDevice:
    """Exports `image` as a device that logs to `log`; attached to a loop device as long as the `with` lasts."""

    def __init__(self, image, log):
        self.image, self.log = Path(image), Path(log)
        self.export = self.image.with_suffix(".export")

    def __enter__(self):
        self.log.write_bytes(b"")
        self.export.write_bytes(b"")
        self.daemon = subprocess.Popen(
            ["qemu-storage-daemon", "--blockdev", f"driver=file,node-name=disk,filename={self.image}",
             "--blockdev", f"driver=file,node-name=log,filename={self.log}",
             "--blockdev", "driver=blklogwrites,node-name=logged,file=disk,log=log",
             "--export", f"type=fuse,id=export,node-name=logged,mountpoint={self.export},writable=on"])
        size = self.image.stat().st_size
        deadline = time.monotonic() + 10
        while self.export.stat().st_size != size:
            assert self.daemon.poll() is None and time.monotonic() < deadline, "qemu-storage-daemon does not export"
            time.sleep(0.01)
        self.loop = subprocess.run(["losetup", "--show", "-f", str(self.export)], check=True, stdout=subprocess.PIPE,
                                   text=True).stdout.strip()
        return self

    def __exit__(self, *_):
        subprocess.run(["losetup", "-d", self.loop], check=True)
        self.daemon.terminate()
        self.daemon.wait(timeout=20)


def images_of(entries, count, seed):
    """`count` possible disks: (label, the places in `entries` of what is on it, the moment of the power loss).

    Half are prefixes of the log, half hold what was flushed and a random part of the rest.
    """
    rng = random.Random(seed)
    flushes = [i for i, entry in enumerate(entries) if entry.flags & FLUSH]
    for i in range(count):
        at = i * len(entries) // count if i % 2 == 0 else rng.randrange(len(entries) + 1)
        durable = max((flush for flush in flushes if flush < at), default=-1) + 1
        if i % 2 == 0:
            yield f"first {at} writes", list(range(at)), at
            continue
        rest = [k for k in range(durable, at) if rng.random() < rng.choice((0.2, 0.5, 0.8))]
        yield f"first {durable} writes and {len(rest)} of the next {at - durable}", [*range(durable), *rest], at
