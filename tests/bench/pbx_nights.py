"""Two nights of a PBX's backup, the same for the same seed: recordings that do not deflate, database dumps, many small texts."""

import hashlib
import os
import random
import subprocess
import zipfile
from pathlib import Path

NIGHT = 1_700_000_000
DUMP_SHARES = {"cdr": 0.5, "history": 0.25, "audit": 0.15, "users": 0.1}


def _rand(*words):
    return random.Random(hashlib.sha256("|".join(map(str, words)).encode()).digest())


def _rows(rand, size, first):
    rows, length, number = [], 0, first
    while length < size:
        bits = rand.getrandbits(96)
        row = f"{number}\t{bits:024x}\t2024-03-{bits % 28 + 1:02d} {bits % 24:02d}:{bits % 60:02d}\t+4930{bits % 10**7:07d}\t{bits % 900}\tanswered\n"
        rows.append(row)
        length += len(row)
        number += 1
    return "".join(rows).encode()


def _write(path, data, when):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (when, when))


def first_night(tree, size, files, seed=1):
    """About `size` bytes: 60 % recordings, 22 % dumps, the rest small texts."""
    tree = Path(tree)
    recordings = files // 4
    for number in range(recordings):
        rand = _rand(seed, "wav", number)
        _write(tree / f"recordings/{number % 97:02d}/call {number}.wav", rand.randbytes(int(size * 0.6 / recordings * rand.uniform(0.2, 1.8))), NIGHT)
    for name, share in DUMP_SHARES.items():
        _write(tree / f"db/{name}.sql", _rows(_rand(seed, name), size * 0.22 * share, 0), NIGHT)
    texts = files - recordings - len(DUMP_SHARES)
    for number in range(texts):
        _write(tree / f"provisioning/{number % 89:02d}/{number}.xml", _rows(_rand(seed, "xml", number), size * 0.18 / texts, number), NIGHT)


def next_night(tree, percent, grown=False, seed=2):
    """So many of a hundred files have other content; with `grown` half a percent is appended to each dump."""
    tree = Path(tree)
    small = sorted(path for path in tree.rglob("*") if path.is_file() and path.parent.name != "db")
    for path in _rand(seed).sample(small, max(1, int(len(small) * percent / 100))):
        rand = _rand(seed, path)
        size = path.stat().st_size
        _write(path, rand.randbytes(size) if path.suffix == ".wav" else _rows(rand, size, 7), NIGHT + 86_400)
    for path in sorted((tree / "db").iterdir()) if grown else ():
        _write(path, path.read_bytes() + _rows(_rand(seed, path.name), path.stat().st_size / 200, 10**7), NIGHT + 86_400)


def pack(tree, target):
    Path(target).unlink(missing_ok=True)
    names = sorted(str(path.relative_to(tree)) for path in Path(tree).rglob("*") if path.is_file())
    subprocess.run(["zip", "-q", "-X", "-@", str(target)], input="\n".join(names).encode(), cwd=tree, check=True)


def _spans(archive):
    """(name, CRC-32, sizes) -> the bytes of that entry, its header included; and the bytes of the central directory with its end."""
    with zipfile.ZipFile(archive) as opened:
        entries = sorted(opened.infolist(), key=lambda entry: entry.header_offset)
        ends = [entry.header_offset for entry in entries[1:]] + [opened.start_dir]
        spans = {(entry.filename, entry.CRC, entry.compress_size, entry.file_size): end - entry.header_offset for entry, end in zip(entries, ends)}
        return spans, Path(archive).stat().st_size - opened.start_dir


def changed_bytes(before, after):
    """The entries that are not in the archive of the night before, and the central directory: what a delta cannot do without."""
    old, _ = _spans(before)
    new, directory = _spans(after)
    return directory + sum(span for entry, span in new.items() if entry not in old)
