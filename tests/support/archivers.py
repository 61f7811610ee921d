"""Two nights of one PBX, packed as different programs pack: the first archive, then the one with some entries changed."""

import io
import os
import random
import shutil
import struct
import subprocess
import time
import zipfile
import zlib
from pathlib import Path

NIGHT = 1_700_000_000


def make_tree(folder, seed=1, files=50, size=20_000):
    """Files of several kinds beneath a folder; every second one is text that deflates well."""
    rand = random.Random(seed)
    for number in range(files):
        path = Path(folder) / f"rec/{number % 7}" / f"entry {number:03d}.{'txt' if number % 2 else 'wav'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(rand, size + rand.randrange(size), number % 2))
        os.utime(path, (NIGHT + number, NIGHT + number))


def content(rand, size, text):
    if not text:
        return rand.randbytes(size)
    line = "".join(f"{rand.randrange(10**6)}\tcall {rand.randrange(99)}\tanswered\n" for _ in range(size // 20))
    return line.encode()[:size]


def change_tree(folder, seed=2, changed=2, added=1, removed=1):
    """The next night."""
    rand = random.Random(seed)
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    for path in rand.sample(paths, changed):
        path.write_bytes(content(rand, path.stat().st_size + 77, path.suffix == ".txt"))
        os.utime(path, (NIGHT + 90_000, NIGHT + 90_000))
    for path in rand.sample(paths, removed):
        path.unlink()
    for number in range(added):
        path = Path(folder) / "rec/new" / f"added {number}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content(rand, 8_000, False))
        os.utime(path, (NIGHT + 90_000, NIGHT + 90_000))


def names_in(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


def _marking_utf8():
    """zip(1) marks names as UTF-8 only where the locale is."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _fresh(target):
    Path(target).unlink(missing_ok=True)


def info_zip(folder, target, *options):
    """zip(1): times of modification and of access in the local header, of modification alone in the central one."""
    _fresh(target)
    subprocess.run(["zip", "-q", *options, "-@", str(target)], input="\n".join(names_in(folder)).encode(), cwd=folder, check=True,
                   env=_marking_utf8())


def info_zip_read_since(folder, target):
    """The same files were read meanwhile, so the local headers differ where the central ones agree."""
    for name in names_in(folder):
        path = Path(folder) / name
        os.utime(path, (time.time() + len(name), path.stat().st_mtime))
    info_zip(folder, target)


def info_zip_stream(folder, target):
    """To a pipe: data descriptors, and Zip64 records for what might become large."""
    names = "\n".join(names_in(folder)).encode()
    packed = subprocess.run(["zip", "-q", "-@", "-"], input=names, cwd=folder, stdout=subprocess.PIPE, check=True, env=_marking_utf8())
    Path(target).write_bytes(packed.stdout)


def seven_zip(folder, target, *options):
    _fresh(target)
    subprocess.run(["7z", "a", "-bso0", "-bsp0", "-tzip", *options, str(target), "."], cwd=folder, check=True)


def libarchive(folder, target):
    """bsdtar: data descriptors, for it writes without seeking."""
    _fresh(target)
    subprocess.run(["bsdtar", "-cf", str(target), "--format", "zip", *names_in(folder)], cwd=folder, check=True)


def python(folder, target, stream=None, method=zipfile.ZIP_DEFLATED, zip64=False):
    _fresh(target)
    with zipfile.ZipFile(stream or target, "w", method) as archive:
        for name in names_in(folder):
            path = Path(folder) / name
            info = zipfile.ZipInfo.from_file(path, name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=zip64) as out:
                out.write(path.read_bytes())


def python_zip64(folder, target):
    python(folder, target, zip64=True)


def python_stored(folder, target):
    python(folder, target, method=zipfile.ZIP_STORED)


class _Pipe(io.RawIOBase):
    """Cannot seek, so zipfile writes data descriptors, as Java's ZipOutputStream and .NET's ZipArchive do."""

    def __init__(self, file):
        super().__init__()
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def streamed(folder, target):
    with open(target, "wb") as file:
        python(folder, Path(str(target) + ".none"), stream=_Pipe(file))


def streamed_without_signature(folder, target):
    """Descriptors without a signature, which APPNOTE 4.3.9.3 allows: 12 bytes."""
    streamed(folder, target)
    raw = Path(target).read_bytes()
    with zipfile.ZipFile(target) as archive:
        entries = archive.infolist()
    directory = raw.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", raw, directory + 16)[0]
    out, moved = bytearray(), {}
    for entry, following in zip(entries, [e.header_offset for e in entries[1:]] + [start]):
        moved[entry.header_offset] = len(out)
        out += raw[entry.header_offset:following - 16] + raw[following - 12:following]
    central = bytearray(raw[start:])
    at = 0
    for entry in entries:
        struct.pack_into("<I", central, at + 42, moved[entry.header_offset])
        at += 46 + sum(struct.unpack_from("<HHH", central, at + 28))
    struct.pack_into("<I", central, at + 16, len(out))
    Path(target).write_bytes(out + central)


def fixed_blocks(*texts):
    """Each text, which is ASCII, as a deflate block of its own however long it is, with fixed codes (RFC 1951 3.2.6); the last ends."""
    bits = []
    for number, text in enumerate(texts):
        bits.append(("1" if number == len(texts) - 1 else "0") + "10")
        bits += [f"{0x30 + byte:08b}" for byte in text]
        bits.append("0000000")
    stream = "".join(bits)
    stream += "0" * (-len(stream) % 8)
    return bytes(int(stream[at:at + 8][::-1], 2) for at in range(0, len(stream), 8))


def of_streams(streams, target):
    """Name -> (a deflate stream, what it unpacks to)."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, (packed, _) in streams.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 11, 14, 22, 13, 20)), packed)
        entries = archive.infolist()
    raw = bytearray(Path(target).read_bytes())
    at = struct.unpack_from("<I", raw, raw.rindex(b"PK\x05\x06") + 16)[0]
    for entry in entries:
        content = streams[entry.filename][1]
        for header, skip in ((entry.header_offset, 0), (at, 2)):
            struct.pack_into("<H", raw, header + 8 + skip, zipfile.ZIP_DEFLATED)
            struct.pack_into("<I", raw, header + 14 + skip, zlib.crc32(content))
            struct.pack_into("<I", raw, header + 22 + skip, len(content))
        at += 46 + sum(struct.unpack_from("<HHH", raw, at + 28))
    Path(target).write_bytes(raw)


ARCHIVERS = {function.__name__: function for function in
             (info_zip, info_zip_stream, seven_zip, libarchive, python, python_zip64, python_stored, streamed, streamed_without_signature)}


def two_nights(folder, archive, next_archive=None, **changes):
    """Bytes of an archive and of the next night's, both of the tree in `folder`/tree."""
    tree = Path(folder) / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    make_tree(tree)
    packed = Path(folder) / "packed.zip"
    archive(tree, packed)
    first = packed.read_bytes()
    change_tree(tree, **changes)
    (next_archive or archive)(tree, packed)
    return first, packed.read_bytes()
