"""More archives made to do harm: each rule broken in the local header alone, in the central one alone, and in both.

cases() as in evil_zip; the central side is read first, so that a lie there has its own rule and one in the local header
alone is a contradiction.
"""

import stat
import struct
import zlib

from support.evil_zip import (DESCRIPTOR, UTF8, Archive, Entry, cases as first_cases, deflate, descriptor, extra,
                              local_header, name_cases, one, streamed)

TEXT = b"content\n" * 9


def name_sides():
    for label, rule, archive in name_cases():
        bad = archive.entries[1]
        central = Entry(name=bad.name, flags=bad.flags, local_name=b"x" * len(bad.name))
        yield f"{label}-central", rule, Archive([Entry(), central])
        local = Entry(name=b"x" * max(len(bad.name), 1), flags=bad.flags, local_name=bad.name)
        rule = "name-length" if len(local.name) > 255 else "local-mismatch"
        yield f"{label}-local", rule, Archive([Entry(), local])


def flag_sides():
    rules = (("encrypted", 1, "encrypted"), ("strong", 0x41, "encrypted"), ("masked", 0x2000, "encrypted"),
             ("patch", 0x20, "method"))
    for label, flags, rule in rules:
        yield f"flag-{label}-central", rule, one(flags=flags, local_flags=0)
        yield f"flag-{label}-local", "local-mismatch", one(local_flags=flags)
        yield f"flag-{label}-streamed", rule, Archive([streamed(flags=DESCRIPTOR | flags)])
    yield "flag-utf8-central", "local-mismatch", one(flags=UTF8, local_flags=0)
    yield "flag-descriptor-local", "local-mismatch", one(local_flags=DESCRIPTOR)
    yield "flag-descriptor-central", "local-mismatch", one(flags=DESCRIPTOR, local_flags=0)
    for method in (1, 2, 6, 9, 10, 12, 14, 93, 95, 98, 99):
        yield f"method-{method}-local", "local-mismatch", one(local_method=method)
        yield f"method-{method}-central", "method", one(method=method, local_method=0, packed=b"content\n")
    for bit in (4, 7, 8, 12, 14, 15):
        yield f"flag-bit-{bit}-local", "local-mismatch", one(local_flags=1 << bit)


def value_sides():
    for label, values in (("crc", {"local_crc": 7}), ("size", {"local_size": 9}), ("packed", {"local_compressed": 9})):
        yield f"value-{label}-local", "local-mismatch", one(**values)
        yield f"value-{label}-local-deflated", "local-mismatch", one(data=TEXT, method=8, **values)
        yield f"value-{label}-local-streamed", "local-mismatch", Archive([streamed(**values)])
    body = deflate(TEXT)
    yield "value-crc-central", "local-mismatch", one(crc=7, local_crc=zlib.crc32(b"content\n"))
    yield "value-size-central", "local-mismatch", one(data=TEXT, method=8, size=9, local_size=len(TEXT))
    yield "value-packed-central", "overlap", one(data=TEXT, method=8, compressed=len(body) + 90, local_compressed=len(body) + 90)
    yield "value-packed-short", "hidden-bytes", one(data=TEXT, method=8, compressed=len(body) - 2)
    yield "value-packed-long-first", "overlap", Archive([Entry(data=TEXT, method=8, compressed=len(body) + 5), Entry(name=b"second")])


def descriptor_sides():
    body = deflate(TEXT)
    for signature in (True, False):
        for large in (True, False):
            label = f"{'signed' if signature else 'bare'}-{64 if large else 32}"
            lies = {"crc": descriptor(TEXT, body, signature, large, crc=1),
                    "size": descriptor(TEXT + b"x", body, signature, large, crc=zlib.crc32(TEXT)),
                    "packed": descriptor(TEXT, body + b"x", signature, large)}
            for what, after in lies.items():
                yield f"descriptor-{label}-{what}", "descriptor", Archive([streamed(after=after)])
            whole = descriptor(TEXT, body, signature, large)
            yield f"descriptor-{label}-cut", "descriptor", Archive([streamed(after=whole[:-1])])
            yield f"descriptor-{label}-bytes-after", "descriptor", Archive([streamed(after=whole + b"!")])
    yield "descriptor-without-flag", "hidden-bytes", one(data=TEXT, method=8, after=descriptor(TEXT, body))


def zip64_sides():
    right = struct.pack("<QQ", 8, 8)
    wrong = {"size": struct.pack("<QQ", 9, 8), "packed": struct.pack("<QQ", 8, 9)}
    both = {"local_size": 0xFFFFFFFF, "local_compressed": 0xFFFFFFFF}
    for label, values in wrong.items():
        yield f"zip64-local-{label}", "local-mismatch", one(local_extra=extra(1, values), **both)
    yield "zip64-local-missing", "extra-field", one(**both)
    yield "zip64-local-half", "extra-field", one(local_extra=extra(1, right[:8]), **both)
    yield "zip64-local-long", "extra-field", one(local_extra=extra(1, right + b"12345678"), **both)
    yield "zip64-local-twice", "extra-field", one(local_extra=extra(1, right) * 2, **both)
    yield "zip64-central-more", "extra-field", one(extra=extra(1, right))
    yield "zip64-central-half", "extra-field", one(size=1 << 33, extra=extra(1, right[:4]))
    yield "zip64-offset-missing", "extra-field", Archive([Entry(), Entry(name=b"s", offset=0xFFFFFFFF, central_only=True)])
    far = Entry(name=b"far", offset=0xFFFFFFFF, extra=extra(1, struct.pack("<Q", 1 << 60)), central_only=True)
    yield "zip64-offset-far", "overlap", Archive([Entry(), far])
    shared = Entry(name=b"twin", offset=0xFFFFFFFF, extra=extra(1, struct.pack("<Q", 0)), central_only=True)
    yield "zip64-offset-shared", "overlap", Archive([Entry(), shared])
    for size in (1, 2, 3):
        yield f"extra-cut-{size}-central", "extra-field", one(extra=b"\x55\x54\x09"[:size])
        yield f"extra-cut-{size}-local", "extra-field", one(local_extra=b"\x55\x54\x09"[:size])
    other = b"\1" + struct.pack("<I", zlib.crc32(b"second")) + b"../../x"
    yield "unicode-path-up", "unicode-path", one(extra=extra(0x7075, other))
    yield "unicode-path-up-local", "unicode-path", one(local_extra=extra(0x7075, other))
    yield "unicode-path-short", "extra-field", one(extra=extra(0x7075, b"\1"))
    yield "unicode-path-short-local", "extra-field", one(local_extra=extra(0x7075, b"\1"))


def kind_sides():
    kinds = (("link", stat.S_IFLNK), ("fifo", stat.S_IFIFO), ("socket", stat.S_IFSOCK), ("block", stat.S_IFBLK),
             ("character", stat.S_IFCHR), ("unknown", 0o150000))
    for label, kind in kinds:
        attributes = (kind | 0o777) << 16
        yield f"kind-{label}-darwin", "entry-type", one(made_by=19, attributes=attributes)
        yield f"kind-{label}-slash", "entry-type", one(name=b"d/", data=b"", attributes=attributes)
        yield f"kind-{label}-streamed", "entry-type", Archive([streamed(attributes=attributes)])


def bomb_cases():
    """Overlaps as in Fifield's "A better zip bomb": refused from the headers, nothing is unpacked."""
    zeros = b"\0" * (1 << 15)
    kernel = deflate(zeros)
    first = Entry(name=b"0", data=zeros, method=8)
    full = [Entry(name=b"%d" % i, data=zeros, method=8, packed=kernel, offset=0, central_only=True) for i in range(1, 900)]
    yield "bomb-full-overlap", "overlap", Archive([first, *full])
    yield "bomb-quoted-overlap", "overlap", quoted_overlap(200, kernel, zeros)
    yield "bomb-giant-claims", "max-ratio", Archive([Entry(size=0xFFFFFFF0, method=8)])


def quoted_overlap(count, kernel, zeros):
    """Each entry's stream quotes the local header of the next in a stored block, and goes on into its data."""
    crc = zlib.crc32(zeros)
    size, packed, data = len(zeros), kernel, zeros
    pieces, entries = [], []
    for number in range(count):
        entry = Entry(name=b"%04d" % number, method=8)
        header = local_header(entry, crc, len(packed), size)
        pieces.insert(0, header)
        entries.insert(0, (entry, crc, len(packed), size))
        quote = b"\0" + struct.pack("<HH", len(header), len(header) ^ 0xFFFF)
        data = header + data
        pieces.insert(0, quote)
        packed = quote + header + packed
        crc, size = zlib.crc32(data), len(data)
    out = b"".join(pieces[1:]) + kernel
    central, offset = b"", 0
    for entry, crc, packed_size, size in entries:
        central += b"PK\1\2" + struct.pack("<BBHHHHHIIIHHHHHII", 20, 3, 20, 0, 8, 0x1883, 0x5C22, crc, packed_size, size,
                                           len(entry.name), 0, 0, 0, 0, (stat.S_IFREG | 0o644) << 16, offset) + entry.name
        offset += 30 + len(entry.name) + 5
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(out), 0)
    return out + central + b"PK\5\6" + end


def cases():
    """All of them, the first ones of evil_zip too: (name, rule, bytes, options)."""
    yield from first_cases()
    for source in (name_sides, flag_sides, value_sides, descriptor_sides, zip64_sides, kind_sides, bomb_cases):
        for name, rule, archive in source():
            yield name, rule, archive if isinstance(archive, bytes) else archive.write(), []
