"""Tar archives made to do harm, and good ones that are unusual. cases() and good_cases() as in evil_zip."""

import gzip
import io
import lzma
import subprocess
import tarfile

TEXT = b"content\n"


def member(name="file", data=TEXT, kind=tarfile.REGTYPE, link="", **changes):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.mtime = kind, link, 0o644, 1_700_000_000
    info.size = len(data) if kind == tarfile.REGTYPE else 0
    for key, value in changes.items():
        setattr(info, key, value)
    return info, data


def tar(*members, form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="utf-8", errors="surrogateescape") as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data) if info.type == tarfile.REGTYPE else None)
    return out.getvalue()


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def plain_cases():
    names = [("absolute", "name-absolute", "/etc/passwd"), ("dotdot", "name-dotdot", "../up"),
             ("dotdot-inside", "name-dotdot", "a/../../up"), ("backslash", "name-backslash", "..\\up"),
             ("newline", "name-control", "a\nb"), ("escape", "name-control", "\x1b[2J"),
             ("invalid-utf8", "name-utf8", "caf\udce9"), ("reserved", "name-reserved", ".failover/1/0"),
             ("long", "name-length", "x" * 256), ("slashes", "name-empty", "a//b")]
    for label, rule, name in names:
        for form, short in ((tarfile.PAX_FORMAT, "pax"), (tarfile.GNU_FORMAT, "gnu")):
            yield f"name-{label}-{short}", rule, tar(member(), member(name), form=form)
    kinds = (("hard-link", tarfile.LNKTYPE), ("symlink", tarfile.SYMTYPE), ("fifo", tarfile.FIFOTYPE),
             ("block", tarfile.BLKTYPE), ("character", tarfile.CHRTYPE))
    for label, kind in kinds:
        yield label, "entry-type", tar(member(), member("other", b"", kind, "file" if "link" in label else ""))
    yield "symlink-then-through", "entry-type", tar(member("d", b"", tarfile.SYMTYPE, "/etc"), member("d/passwd"))
    yield "twice", "duplicate", tar(member(), member(data=b"other"))
    yield "twice-by-dot", "duplicate", tar(member(), member("./file"))
    yield "file-is-parent", "file-and-directory", tar(member(), member("file/below"))
    yield "nothing", "empty-archive", tar(member("d", b"", tarfile.DIRTYPE))


def layout_cases():
    whole = tar(member(), member("second", b"x" * 3000))
    bare = whole.rstrip(b"\0")
    bare += b"\0" * (-len(bare) % 512)
    yield "no-end-marker", "end-record", bare
    yield "half-end-marker", "end-record", bare + b"\0" * 512
    yield "bytes-after-end", "hidden-bytes", whole + b"hidden"
    yield "archive-after-end", "hidden-bytes", whole + tar(member("third"))
    yield "cut-in-content", "data", whole[:2048]
    broken = bytearray(whole)
    broken[148:156] = b"0000000\0"
    yield "wrong-checksum", "data", bytes(broken)
    for label, pack in (("gz", gzip.compress), ("xz", lzma.compress), ("zst", zstd)):
        packed = pack(whole)
        yield f"{label}-no-end-marker", "end-record", pack(bare)
        yield f"{label}-cut", "data", packed[:-9]
        damaged = bytearray(packed)
        damaged[len(packed) // 2] ^= 0xFF
        yield f"{label}-damaged", "data", bytes(damaged)
        yield f"{label}-hidden", "hidden-bytes", pack(whole + tar(member("third")))
    yield "zeros-but-no-end-marker", "end-record", tar(member(), member("second", b"\0" * 4096))[:1024 + 512 + 4096]
    yield "gz-wrong-crc", "data", gzip.compress(whole)[:-8] + b"1234" + gzip.compress(whole)[-4:]
    yield "gz-bytes-after", "data", gzip.compress(whole) + b"no gzip member"
    yield "gz-of-nothing", "data", gzip.compress(b"no tar in here" * 99)


def cases():
    for source in (plain_cases, layout_cases):
        for name, rule, content in source():
            yield f"tar-{name}", rule, content, []
    zeros = member(data=b"\0" * (1 << 20))
    yield "tar-limit-ratio", "max-ratio", gzip.compress(tar(zeros)), ["--max-ratio", "100"]
    yield "tar-limit-size", "max-size", tar(zeros), ["--max-size", "1MB"]
    yield "tar-limit-files", "max-files", tar(*[member(f"f{i}") for i in range(9)]), ["--max-files", "8"]


def good_cases():
    """(name, bytes, {path: content})"""
    plain = tar(member("a/b/text", TEXT * 100), member("./dot"), member("empty", b""), member("café/日本"),
                member("d", b"", tarfile.DIRTYPE))
    files = {"a/b/text": TEXT * 100, "dot": TEXT, "empty": b"", "café/日本": TEXT}
    for label, pack in (("plain", bytes), ("gz", gzip.compress), ("xz", lzma.compress), ("zst", zstd)):
        yield f"tar-{label}", pack(plain), files
    yield "tar-gz-two-members", gzip.compress(plain[:1000]) + gzip.compress(plain[1000:]), files
    long = "/".join(["long" * 20] * 4)
    yield "tar-gnu-long-name", tar(member(long), form=tarfile.GNU_FORMAT), {long: TEXT}
    yield "tar-ustar", tar(member("old"), form=tarfile.USTAR_FORMAT), {"old": TEXT}
