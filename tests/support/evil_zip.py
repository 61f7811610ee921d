"""Zip archives made to do harm: each breaks one rule of the strict profile. Byte by byte, since no library writes them.

cases() gives (name, rule, bytes, options): fo-restore must refuse each, name the rule, and leave nothing behind.
"""

import stat
import struct
import zlib
from dataclasses import dataclass, field

DIRECTORY = 0x10
UTF8 = 0x0800
DESCRIPTOR = 0x0008


@dataclass
class Entry:
    """One entry; what is None is computed, what is given is written as it is, true or not."""

    name: bytes = b"file"
    data: bytes = b"content\n"
    method: int = 0
    flags: int = 0
    packed: bytes | None = None
    crc: int | None = None
    size: int | None = None  # in the central directory
    compressed: int | None = None
    local_name: bytes | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_crc: int | None = None
    local_size: int | None = None
    local_compressed: int | None = None
    local_signature: bytes = b"PK\3\4"
    central_signature: bytes = b"PK\1\2"
    extra: bytes = b""
    local_extra: bytes = b""
    made_by: int = 3
    attributes: int = (stat.S_IFREG | 0o644) << 16
    disk: int = 0
    offset: int | None = None
    before: bytes = b""  # hidden bytes before its local header
    after: bytes = b""  # after its data: a descriptor, or hidden bytes
    central_only: bool = False

    def body(self):
        if self.packed is not None:
            return self.packed
        if self.method == 8:
            return deflate(self.data)
        return self.data


@dataclass
class Archive:
    """The whole; as with Entry, what is given is written."""

    entries: list = field(default_factory=list)
    prefix: bytes = b""
    comment: bytes = b""
    comment_length: int | None = None
    suffix: bytes = b""
    count: int | None = None
    directory_size: int | None = None
    directory_offset: int | None = None
    between: bytes = b""  # between central directory and end record
    directory_tail: bytes = b""  # inside the central directory's size
    disk: int = 0
    end_signature: bytes = b"PK\5\6"

    def write(self):
        out = bytearray(self.prefix)
        central = bytearray()
        for entry in self.entries:
            body = entry.body()
            crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
            size = len(entry.data) if entry.size is None else entry.size
            compressed = len(body) if entry.compressed is None else entry.compressed
            out += entry.before
            offset = len(out) if entry.offset is None else entry.offset
            if not entry.central_only:
                out += local_header(entry, crc, compressed, size) + body + entry.after
            central += entry.central_signature + struct.pack(
                "<BBHHHHHIIIHHHHHII", 20, entry.made_by, 20, entry.flags, entry.method, 0x1883, 0x5C22, crc,
                min(compressed, 0xFFFFFFFF), min(size, 0xFFFFFFFF), len(entry.name), len(entry.extra), 0, entry.disk, 0,
                entry.attributes, min(offset, 0xFFFFFFFF)) + entry.name + entry.extra
        central += self.directory_tail
        offset = len(out) if self.directory_offset is None else self.directory_offset
        size = len(central) if self.directory_size is None else self.directory_size
        count = len(self.entries) if self.count is None else self.count
        length = len(self.comment) if self.comment_length is None else self.comment_length
        out += central + self.between
        out += self.end_signature + struct.pack("<HHHHIIH", self.disk, self.disk, count, count, size, offset, length)
        return bytes(out) + self.comment + self.suffix


def local_header(entry, crc, compressed, size):
    def pick(given, default):
        return default if given is None else given

    name = pick(entry.local_name, entry.name)
    return entry.local_signature + struct.pack(
        "<HHHHHIIIHH", 20, pick(entry.local_flags, entry.flags), pick(entry.local_method, entry.method), 0x1883, 0x5C22,
        pick(entry.local_crc, crc), min(pick(entry.local_compressed, compressed), 0xFFFFFFFF),
        min(pick(entry.local_size, size), 0xFFFFFFFF), len(name), len(entry.local_extra)) + name + entry.local_extra


def deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def descriptor(data, body, signature=True, large=False, crc=None):
    crc = zlib.crc32(data) if crc is None else crc
    numbers = struct.pack("<IQQ" if large else "<III", crc, len(body), len(data))
    return (b"PK\7\10" if signature else b"") + numbers


def streamed(data=b"content\n" * 9, **changes):
    """An entry as a streaming writer makes it: sizes only in the descriptor."""
    body = deflate(data)
    values = {"data": data, "method": 8, "flags": DESCRIPTOR, "local_crc": 0, "local_size": 0, "local_compressed": 0,
              "after": descriptor(data, body)}
    values.update(changes)
    return Entry(**values)


def extra(identifier, data):
    return struct.pack("<HH", identifier, len(data)) + data


def one(**changes):
    return Archive([Entry(), Entry(**{"name": b"second", **changes})])


def name_cases():
    names = [
        ("absolute", "name-absolute", b"/etc/passwd"), ("drive", "name-absolute", b"C:/boot"),
        ("drive-relative", "name-absolute", b"c:boot"), ("dotdot", "name-dotdot", b"../up"),
        ("dotdot-inside", "name-dotdot", b"a/../../up"), ("dotdot-end", "name-dotdot", b"a/.."),
        ("dotdot-slash", "name-dotdot", b"../"), ("empty", "name-empty", b""), ("slashes", "name-empty", b"a//b"),
        ("dot-only", "name-empty", b"."), ("nul", "name-control", b"good\0../bad"), ("newline", "name-control", b"a\nb"),
        ("escape", "name-control", b"\x1b[2Jx"), ("delete", "name-control", b"a\x7fb"),
        ("backslash", "name-backslash", b"..\\up"), ("invalid-utf8", "name-utf8", b"caf\xe9"),
        ("cp437", "name-utf8", b"\x81\x82"), ("reserved", "name-reserved", b".failover/1/0"),
        ("reserved-deep", "name-reserved", b"a/b/.failover"), ("long-component", "name-length", b"x" * 256),
        ("long-path", "name-length", b"/".join([b"y" * 200] * 21)),
    ]
    for label, rule, name in names:
        yield f"name-{label}", rule, one(name=name)
    marked = [("overlong", "name-utf8", b"\xc0\xaf"), ("surrogate", "name-utf8", b"\xed\xa0\x80"),
              ("too-large", "name-utf8", b"\xf5\x80\x80\x80"), ("cut", "name-utf8", b"\xe2\x82"),
              ("c1-control", "name-control", "a\u0085b".encode())]
    for label, rule, name in marked:
        yield f"name-utf8-{label}", rule, one(name=name, flags=UTF8)
    yield "name-unmarked", "name-encoding", one(name="café".encode())


def tree_cases():
    yield "twice", "duplicate", Archive([Entry(), Entry(data=b"other")])
    yield "twice-by-dot", "duplicate", Archive([Entry(), Entry(name=b"./file", data=b"other")])
    directory = Entry(name=b"file/", data=b"", attributes=(stat.S_IFDIR | 0o755) << 16)
    yield "twice-as-directory", "duplicate", Archive([Entry(), directory])
    yield "file-is-parent", "file-and-directory", Archive([Entry(), Entry(name=b"file/below")])
    yield "parent-is-file", "file-and-directory", Archive([Entry(name=b"a/b/c"), Entry(name=b"a/b")])
    link = (stat.S_IFLNK | 0o777) << 16
    yield "symlink", "entry-type", one(data=b"/etc/passwd", attributes=link)
    yield "symlink-then-through", "entry-type", Archive(
        [Entry(name=b"d", data=b"/etc", attributes=link), Entry(name=b"d/passwd")])
    for label, kind in (("fifo", stat.S_IFIFO), ("socket", stat.S_IFSOCK), ("device", stat.S_IFBLK),
                        ("character", stat.S_IFCHR)):
        yield label, "entry-type", one(data=b"", attributes=(kind | 0o600) << 16)
    yield "directory-without-slash", "entry-type", one(made_by=0, attributes=DIRECTORY)
    yield "directory-mode-without-slash", "entry-type", one(attributes=(stat.S_IFDIR | 0o755) << 16)
    yield "file-mode-with-slash", "entry-type", one(name=b"d/", data=b"")
    yield "directory-with-data", "directory-data", one(name=b"d/", attributes=(stat.S_IFDIR | 0o755) << 16)
    yield "nothing", "empty-archive", Archive([])
    yield "directories-only", "empty-archive", Archive(
        [Entry(name=b"d/", data=b"", attributes=(stat.S_IFDIR | 0o755) << 16)])


def layout_cases():
    whole = Archive([Entry(), Entry(name=b"second")])
    yield "prefix", "hidden-bytes", Archive([Entry()], prefix=b"#!/bin/sh\n")
    yield "prefix-not-counted", "directory-bounds", Archive([Entry(offset=0)], prefix=b"#!/bin/sh\n", directory_offset=42)
    zip64_end = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, 50, 42)
    yield "zip64-end-elsewhere", "zip64-record", Archive(
        [Entry()], between=zip64_end + b"PK\6\7" + struct.pack("<IQI", 0, 3, 1))
    yield "zip64-end-contradicts", "zip64-record", Archive(
        [Entry()], count=2, between=zip64_end + b"PK\6\7" + struct.pack("<IQI", 0, 92, 1))
    yield "gap", "hidden-bytes", Archive([Entry(), Entry(name=b"second", before=b"hidden")])
    yield "gap-before-directory", "hidden-bytes", one(after=b"hidden")
    yield "shared-data", "overlap", Archive([Entry(), Entry(offset=0, central_only=True)])
    inner = Entry(name=b"inner")
    body = local_header(inner, zlib.crc32(inner.data), 8, 8) + inner.data
    yield "nested", "overlap", Archive([Entry(name=b"outer", data=body), Entry(name=b"inner", offset=35, central_only=True)])
    yield "beyond-the-end", "overlap", Archive([Entry(), Entry(name=b"second", offset=99999, central_only=True)])
    yield "no-local-header", "local-header", one(local_signature=b"PK\3\5")
    yield "cut-off", "end-record", whole.write()[:-9]
    yield "no-zip", "end-record", b"this is no archive at all, but long enough to be looked at"
    yield "empty-file", "end-record", b""
    yield "bytes-after", "end-record", Archive([Entry()], suffix=b"tail")
    yield "comment-cut", "end-record", Archive([Entry()], comment_length=5)
    yield "end-in-comment", "directory-bounds", Archive([Entry()], comment=Archive([Entry(name=b"other")]).write())
    yield "count-low", "central-header", Archive([Entry(), Entry(name=b"second")], count=1)
    yield "count-high", "central-header", Archive([Entry()], count=2)
    yield "directory-tail", "central-header", Archive([Entry()], directory_tail=b"more")
    yield "directory-signature", "central-header", one(central_signature=b"PK\1\3")
    yield "directory-elsewhere", "directory-bounds", Archive([Entry()], directory_offset=5)
    yield "bytes-before-end", "directory-bounds", Archive([Entry()], between=b"hidden")
    yield "other-disk", "multi-disk", Archive([Entry()], disk=1)
    yield "entry-on-other-disk", "multi-disk", one(disk=1)


def header_cases():
    yield "local-name", "local-mismatch", one(local_name=b"xecond")
    yield "local-method", "local-mismatch", one(local_method=8)
    yield "local-flags", "local-mismatch", one(local_flags=UTF8)
    yield "local-crc", "local-mismatch", one(local_crc=1)
    yield "local-size", "local-mismatch", one(local_size=7)
    yield "local-compressed", "local-mismatch", one(local_compressed=7)
    yield "stored-size", "stored-size", one(size=7)
    yield "encrypted", "encrypted", one(flags=1)
    yield "strong-encryption", "encrypted", one(flags=0x41)
    yield "masked-headers", "encrypted", one(flags=0x2000)
    yield "patch", "method", one(flags=0x20)
    for label, method in (("shrunk", 1), ("imploded", 6), ("deflate64", 9), ("bzip2", 12), ("lzma", 14), ("zstd", 93)):
        yield f"method-{label}", "method", one(method=method, packed=b"content\n")
    yield "extra-cut", "extra-field", one(extra=b"\1")
    yield "extra-too-long", "extra-field", one(extra=struct.pack("<HH", 0x5455, 9) + b"123")
    yield "local-extra-cut", "extra-field", one(local_extra=b"\1\2\3")
    yield "zip64-missing", "extra-field", one(size=1 << 33, compressed=1 << 33)
    yield "zip64-not-needed", "extra-field", one(extra=extra(1, struct.pack("<Q", 8)))
    yield "zip64-twice", "extra-field", one(extra=extra(1, b"") * 2)
    unicode_path = extra(0x7075, b"\1" + struct.pack("<I", zlib.crc32(b"second")) + b"other")
    yield "unicode-path", "unicode-path", one(extra=unicode_path)
    yield "local-unicode-path", "unicode-path", one(local_extra=unicode_path, local_size=0xFFFFFFFF)
    yield "descriptor-wrong", "descriptor", Archive([streamed(after=descriptor(b"x", b"y"))])
    yield "descriptor-missing", "descriptor", Archive([streamed(after=b"")])
    yield "descriptor-odd", "descriptor", Archive([streamed(after=b"x" * 14)])
    data = b"content\n" * 9
    yield "descriptor-signature", "descriptor", Archive([streamed(after=b"PKxx" + descriptor(data, deflate(data))[4:])])
    yield "descriptor-half-header", "local-mismatch", Archive([streamed(local_size=5)])


def content_cases():
    text = b"content\n" * 100
    yield "crc", "crc", one(crc=1)
    yield "crc-deflated", "crc", one(data=text, method=8, crc=1)
    yield "unpacks-to-more", "size", one(data=text, method=8, size=10, crc=zlib.crc32(text[:10]))
    yield "unpacks-to-less", "size", one(data=text, method=8, size=900)
    yield "not-deflated", "data", one(data=text, method=8, packed=b"\xff" * 50)
    yield "stream-cut", "data", one(data=text, method=8, packed=deflate(text)[:-3])
    yield "bytes-after-stream", "data", one(data=text, method=8, packed=deflate(text) + b"hidden")
    yield "two-streams", "data", one(data=text, method=8, packed=deflate(text) * 2)
    bomb = b"\0" * (4 << 20)
    yield "bomb", "size", one(data=b"\0" * 1000, method=8, packed=deflate(bomb))


def limit_cases():
    """These need options: the default limits are large."""
    zeros = b"\0" * (1 << 20)
    yield "limit-ratio", "max-ratio", Archive([Entry(data=zeros, method=8)]), ["--max-ratio", "100"]
    yield "limit-size", "max-size", Archive([Entry(data=zeros)]), ["--max-size", "1MB"]
    yield "limit-files", "max-files", Archive([Entry(name=f"f{i}".encode()) for i in range(9)]), ["--max-files", "8"]
    huge = extra(1, struct.pack("<QQ", 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF))
    twice = [Entry(name=b"huge%d" % i, size=1 << 63, compressed=1 << 63, extra=huge) for i in range(2)]
    yield "sizes-wrap-round", "max-size", Archive(twice), []


def cases():
    """(name, rule, bytes, options)."""
    for source in (name_cases, tree_cases, layout_cases, header_cases, content_cases):
        for name, rule, archive in source():
            yield name, rule, archive if isinstance(archive, bytes) else archive.write(), []
    for name, rule, archive, options in limit_cases():
        yield name, rule, archive.write(), options


def good_cases():
    """(name, bytes, {path: content}): unusual, but every reader sees the same."""
    data = b"content\n" * 9
    body = deflate(data)
    for signature in (True, False):
        for large in (True, False):
            after = descriptor(data, body, signature, large)
            label = f"descriptor-{'signed' if signature else 'bare'}-{64 if large else 32}"
            yield label, Archive([streamed(after=after), Entry(name=b"second")]).write(), {
                "file": data, "second": b"content\n"}
    yield "dot-slash", Archive([Entry(name=b"./a/./b")]).write(), {"a/b": b"content\n"}
    yield "comment", Archive([Entry()], comment=b"nightly").write(), {"file": b"content\n"}
    yield "utf8", Archive([Entry(name="café/日本".encode(), flags=UTF8)]).write(), {"café/日本": b"content\n"}
    yield "empty-file", Archive([Entry(data=b""), Entry(name=b"second")]).write(), {"file": b"", "second": b"content\n"}
    yield "order", Archive([Entry(name=b"z"), Entry(name=b"a")]).write(), {"z": b"content\n", "a": b"content\n"}
