"""Writes the hand-made part of the seed corpus: `cd tests && python3 -B -m fuzz.make_seeds`.

One small file per thing that a parser tells apart; what the fuzzers find beside them (tests/fuzz/run --keep) stays.
"""

import base64
import io
import json
import struct
import zipfile
from pathlib import Path

from fuzz.dns_seeds import dns_answers, dns_messages, hosts_files, provider_answers, service_answers, tkey_answers
from support.evil_zip import Archive, Entry, cases, descriptor, good_cases, streamed

LARGEST = 1000
FOLDER = Path(__file__).resolve().parent / "corpus"
BRANCH, CALL_ID, TAG = "z9hG4bK0123456789abcdef", "89abcdef01234567@192.0.2.9", "fedcba9876543210"


def sip_answer(status="200 OK", via="", extra="", body=""):
    return (f"SIP/2.0 {status}\r\nVia: SIP/2.0/UDP 192.0.2.9:40000;branch={BRANCH};rport=40000;received=192.0.2.9{via}\r\n"
            f"From: <sip:fo-probe@192.0.2.9>;tag={TAG}\r\nTo: \"PBX \\\"one\\\"\" <sip:192.0.2.1:5060>;tag=b2\r\n"
            f"Call-ID: {CALL_ID}\r\nCSeq: 4711 OPTIONS\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}").encode()


def sip_messages():
    for status in ("100 Trying", "200 OK", "302 Moved", "404 Not Found", "408 Timeout", "480 Away", "503 Service Unavailable", "699 "):
        yield f"answer-{status[:3]}", sip_answer(status)
    yield "two-vias", sip_answer(via=", SIP/2.0/TCP proxy.example:5060;branch=z9hG4bKother")
    yield "contacts", sip_answer(extra="Contact: <sip:a@[2001:db8::1]:5060;lr>;q=0.5, \"b\" <sip:b@c>;expires=5\r\nm: *\r\n")
    yield "folded", sip_answer(extra="Allow: INVITE,\r\n ACK,\r\n\tBYE\r\n")
    yield "body", sip_answer(extra="Content-Type: application/sdp\r\n", body="v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\n")
    yield "compact", (f"SIP/2.0 200 OK\r\nv:SIP / 2.0 / UDP 192.0.2.9 : 40000 ; branch = {BRANCH}\r\nf: sip:fo-probe@192.0.2.9;tag={TAG}\r\n"
                      f"t: <sip:x>\r\ni: {CALL_ID}\r\nCSeq: 4711 \tOPTIONS\r\nl: 0\r\n\r\n").encode()
    yield "request", (b"OPTIONS sip:user@[2001:db8::10]:5060;transport=udp SIP/2.0\r\nVia: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas\r\n"
                      b"Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <tel:+1>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n")
    yield "no-end", b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x\r\n"


def texts(*values):
    for number, value in enumerate(values):
        yield f"{number:02}", value.encode()


def known_hosts():
    key = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"g" * 32).decode()
    other = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"b" * 32).decode()
    line = "{} ssh-ed25519 {} comment\n"
    yield "plain", line.format("pbx.example,192.0.2.1", key).encode()
    yield "port", line.format("[192.0.2.1]:2222", key).encode()
    yield "patterns", line.format("*.example,!bad.example,1?2.*", key).encode()
    yield "changed", line.format("pbx.example", other).encode()
    yield "revoked", ("@revoked " + line.format("*", key) + line.format("pbx.example", key)).encode()
    yield "authority", ("@cert-authority " + line.format("*", key)).encode()
    yield "hashed", line.format("|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|MDEyMzQ1Njc4OWFiY2RlZmdoaWo=", key).encode()
    yield "malformed", b"# a comment\n\npbx.example ssh-ed25519 AAAA\npbx.example ssh-rsa !!\r\n@nonsense x y z\n"


def sidecars():
    whole = {"format": 1, "source": "sftp://backup@store.example/pbx/*.zip", "object": "/pbx/a.zip", "name": "a.zip", "version": "",
             "size": 5, "sha256": "a" * 64, "crc64": "0123456789abcdef", "index_sha256": "b" * 64, "modified": "2026-11-23T02:10:00Z", "modified_ns": 123456789,
             "fetched": "2026-11-23T03:00:00Z", "content": "2026-11-22T23:00:00Z", "verified": ["every entry's CRC-32"],
             "warnings": ["a warning"]}
    yield "whole", json.dumps(whole).encode()
    for name, change in (("newer", {"format": 2}), ("big-format", {"format": 2**64 - 1}), ("size-negative", {"size": -1}),
                         ("digest", {"sha256": "A" * 64}), ("unverified", {"verified": []}), ("time", {"modified": "2026-02-30T99:00:00Z"}),
                         ("nanoseconds", {"modified_ns": 2**63 - 1}), ("before-1970", {"modified": "1905-01-01T00:00:00Z"}),
                         ("wrong-kind", {"warnings": {"a": 1}}), ("crc64", {"crc64": "0x12"}), ("umlaut", {"name": "Sicherung \u00e4\u2603"})):
        yield name, json.dumps(dict(whole, **change)).encode()
    yield "cut", json.dumps(whole).encode()[:200]
    yield "deep", b"[" * 200


def etcd_replies():
    header = {"cluster_id": "14841639068965178418", "member_id": "10276657743932975437", "revision": "7", "raft_term": "3"}
    entry = {"key": "Zm8vcGJ4", "create_revision": "5", "mod_revision": "6", "version": "2", "value": "eyJub2RlIjoieCJ9",
             "lease": "7587862094823219212"}

    def reply(**members):
        return json.dumps(dict(header=header, **members), separators=(",", ":")).encode()

    yield "header", reply()
    yield "entry", reply(kvs=[entry], count="1")
    yield "more", reply(kvs=[entry], count="5", more=True)
    yield "counted", reply(count="1")
    yield "no-key", reply(kvs=[{"value": "eA=="}], count="1")
    yield "put", reply(succeeded=True, responses=[{"response_put": {"header": {"revision": "7"}}}])
    yield "taken", reply(responses=[{"response_range": {"kvs": [entry], "count": "1"}}, {"response_delete_range": {"deleted": "1"}}])
    yield "free", reply(responses=[{"response_range": {}}, {"response_delete_range": {}}])
    yield "unanswered", reply(responses=[{"response_put": {}}, {}])
    yield "grant", reply(ID="7587862094823219212", TTL="90")
    yield "grant-no-id", reply(TTL="90")
    yield "keepalive", b'{"result":' + reply(ID="7587862094823219212", TTL="90") + b"}"
    yield "keepalive-gone", b'{"result":' + reply(ID="7587862094823219212") + b"}"
    yield "life", reply(ID="7587862094823219212", TTL="60", grantedTTL="90")
    yield "life-gone", reply(ID="7587862094823219212", TTL="-1")
    yield "life-for-ever", reply(ID="7587862094823219212", TTL="9223372036854775807", grantedTTL="9223372036854775807")
    yield "token", reply(token="IIwxZQqzRFvOWAod.15")
    yield "token-line", reply(token="a\r\nb: c")
    yield "refused", b'{"error":"etcdserver: permission denied","message":"etcdserver: permission denied","code":7}'
    yield "refused-code", b'{"error":"x","code":9223372036854775813}'
    yield "refused-text", b"404 page not found\n"
    yield "deep", b'{"header":' + b"[" * 300


def observations():
    whole = {"format": 1, "node": "standby", "address": "192.0.2.12", "role": "observer", "health": "down", "reason": "2 of 2 down",
             "targets": [{"target": "sip://192.0.2.11", "health": "up"}, {"target": "tcp://192.0.2.11:443", "health": "unknown"}],
             "time": "2026-11-23T02:10:00Z", "aged_ms": 1500, "term": "3"}
    yield "whole", json.dumps(whole).encode()
    for name, change in (("active", {"role": "active", "health": "up"}), ("newer", {"format": 2}), ("age-tomorrow", {"aged_ms": 2**64 - 1}),
                         ("age-negative", {"aged_ms": -1}), ("age-most", {"aged_ms": 315360000000}), ("age-fraction", {"aged_ms": 1.5}),
                         ("no-term", {"term": "0"}), ("node", {"node": "../x"}), ("health", {"health": "UP"}), ("far", {"time": "9999-12-31T23:59:59Z"}),
                         ("reason", {"reason": "x" * 249 + "\u00e4\u2603"}), ("targets", {"targets": [{"target": "tcp://h:1", "health": "up"}] * 3})):
        yield name, json.dumps(dict(whole, **change), ensure_ascii=False).encode()
    for name in whole:
        yield f"without-{name}", json.dumps({key: value for key, value in whole.items() if key != name}).encode()


def s3_listings():
    one = ("<Contents><Key>pbx/{}</Key><LastModified>2026-11-23T02:10:00.123Z</LastModified><ETag>&quot;d41d8&quot;</ETag><Size>5</Size>"
           "</Contents>")
    last, more = "<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated>"

    def page(inside, head="", root='ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'):
        return f"{head}<{root}>{inside}</{root.split()[0]}>".encode()

    yield "page", page("<Name>b</Name>" + last + one.format("a.zip") + one.format("\u00e4 &amp; &#10;.zip"), '<?xml version="1.0" encoding="UTF-8"?>')
    yield "more", page(more + "<NextContinuationToken>t==</NextContinuationToken>" + one.format("a.zip"))
    yield "more-no-token", page(more + one.format("a.zip"))
    yield "no-end", page(one.format("a.zip"))
    yield "empty", page(last)
    yield "prefixed", page("<s:IsTruncated>false</s:IsTruncated>", root="s:ListBucketResult")
    yield "no-size", page(last + one.format("a").replace("<Size>5</Size>", ""))
    yield "time", page(last + one.format("a").replace("2026-11-23", "2026-02-30"))
    yield "far", page(last + one.format("a").replace("2026", "9999"))
    yield "cdata", page(last + one.format("<![CDATA[<a>]]>"))
    yield "bomb", page(last + one.format("&b;"), '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]>')
    yield "deep", page("<a>" * 20 + "</a>" * 20)
    yield "error", b"<Error><Code>NoSuchKey</Code><Message>It is\nnot there</Message></Error>"
    yield "wide", page(last + one.format("a")).decode().encode("utf-16")


def ftp_listings():
    yield "unix", (b"total 12\r\n-rw-r--r--   1 pbx      store     12345 Nov 23 02:00  two  blanks.zip\r\ndrwxr-xr-x 2 0 0 4096 Nov 23  2025 folder\r\n"
                   b"lrwxrwxrwx 1 0 0 9 Jan  1 0:01 link.zip -> a -> b\r\ncrw-rw-rw- 1 root root 1, 3 Jan 1 2020 null\r\n-rw-r--r--+ 1 D\\Domain Users 5 2026-11-23 02:00 iso\r\n")
    yield "dos", (b"11-23-26  02:00AM       <DIR>          folder\r\n11-23-2026  11:59PM                12345 two  blanks.zip\r\n"
                  b"11-23-26  02:00PM       <SYMLINK>      link.zip [C:\\x]\r\n")
    yield "facts", (b"type=cdir;modify=20261123020000; .\r\nType=file;Size=18446744073709551615;Modify=20261123020000.123; a;b=c.zip\r\n"
                    b"type=OS.unix=slink:/x;perm=r;size=9; link\r\ntype=pdir; ..\r\ntype=dir; d\r\n type=file; x\r\n")
    yield "facts-wrong", b"type=file;size=-1;modify=20261323020000; a\r\n"
    yield "replies", b"220-Welcome\r\n 220 not yet\r\n2201\r\n220 ready\r\n331 password\r\n230\r\n550 Permission denied\r\n"
    yield "features", b"211-Features:\r\n MDTM\r\n MLST type*;size*;\r\n REST STREAM\r\n211 End\r\n"
    yield "no-reply", b"HTTP/1.1 400 Bad Request\r\n\r\n"
    yield "extended", b"Entering Extended Passive Mode (|||6446|)"
    yield "extended-other", b"(!!!65535!)"
    yield "passive", b"Entering Passive Mode (192,0,2,1,255,255)."
    yield "passive-bare", b"=127,0,0,1,4,210"
    yield "time", b"20261123020000.5"
    yield "leap", b"20161231235960"
    yield "path", b'"/a ""quoted"" folder" is where we are'


def gs_listings():
    one = {"kind": "storage#object", "name": "pbx/a.zip", "generation": "1700000000000000", "size": "5", "timeCreated": "2026-11-23T02:10:00.123Z",
           "crc32c": "15nTjQ==", "md5Hash": "CY9rzUYh03PK3k6DJie09g=="}

    def page(*items, **more):
        return json.dumps({"kind": "storage#objects", **more, **({"items": items} if items else {})}).encode()

    yield "page", page(one, dict(one, name="\u00e4 \u2603.zip", size="18446744073709551615"))
    yield "more", page(one, nextPageToken="Cg==")
    yield "empty", page()
    yield "prefixes", b'{"prefixes": ["pbx/"]}'
    yield "object", json.dumps(one).encode()
    for name, change in (("size", {"size": 5}), ("negative", {"size": "-1"}), ("time", {"timeCreated": "2026-02-30T00:00:00Z"}),
                         ("far", {"timeCreated": "9999-12-31T23:59:59Z"}), ("generation", {"generation": "x"}), ("digest", {"crc32c": "15nTjQ"}),
                         ("nul", {"name": "a\0b"}), ("slash", {"name": "a/"})):
        yield f"page-{name}", page(dict(one, **change))
    yield "error", b'{"error": {"code": 404, "message": "No such\\nobject"}}'
    yield "hash", b"crc32c=15nTjQ==,md5=CY9rzUYh03PK3k6DJie09g=="
    yield "deep", b'{"items":' + b"[" * 300


def delta_plans():
    """Two archives: a count, then name, kind, size, header and tail of each entry."""
    def index(*entries):
        return bytes([0, len(entries)]) + b"".join(bytes(entry) for entry in entries)

    old = index((0, 1, 50, 0, 0), (1, 9, 60, 10, 16), (2, 0x11, 100, 0, 0))
    yield "same", b"\x80\x05" + old + old
    yield "changed", b"\x80\x05" + old + index((0, 2, 50, 0, 0), (2, 0x12, 110, 3, 0))
    yield "grown", b"\xff\xff" + old + index((2, 0x12, 120, 0, 0), (1, 9, 60, 9, 16))
    yield "described", b"\x80\x05" + old + index((1, 1, 60, 0, 24), (0, 9, 50, 0, 16), (1, 9, 60, 10, 16))
    yield "gaps", b"\0\x60" + old + index(*((number % 8, 1 + number % 2, 50, 0, 0) for number in range(11)))
    yield "lies", b"\x80\x05" + old + old + bytes([0, 255, 0, 0, 255, 1, 0, 1, 1])
    yield "nothing", b""


def part_maps():
    lines = b"f 0 10000 cbf43926\nc 10000 ffff 0\nf 7fffffffffffff00 ff ffffffff\n"
    yield "whole", b"\xff" + lines
    yield "torn", b"\x80" + lines[:-3]
    yield "damaged", b"\x40f 0 0 0\nx 1 1 1\nf 1 1\nf 1 1 1 1\nf -1 1 1\nf 1 8000000000000000 1\nf 1 1 100000000\nf  1 1 1\n\0\0\0\n" + lines


def zips():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, data in (("folder/", b""), ("folder/a.txt", b"text " * 40), ("\u00e4.bin", bytes(range(64)))):
                archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 2, 10, 0)), data, method)
        yield f"python-{method}", out.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open(zipfile.ZipInfo("large", (2026, 11, 23, 2, 10, 0)), "w", force_zip64=True) as file:
        file.write(b"zip64")
    yield "zip64", out.getvalue()
    yield "streamed", Archive([streamed(), streamed(name=b"two", after=descriptor(b"content\n" * 9, streamed().body(), signature=False))]).write()
    yield "one", Archive([Entry()]).write()
    for name, data, _ in good_cases():
        if len(data) <= LARGEST:
            yield f"good-{name}", data
    for name, _, data, _ in cases():
        # Names and methods a fuzzer varies by itself.
        if len(data) <= LARGEST and not name.startswith(("name-", "method-")):
            yield f"evil-{name}", data


def sftp_packet(kind, number, body):
    return struct.pack(">IBI", 5 + len(body), kind, number) + body


def sftp_answers():
    """To looks (1 and 6) and reads (2 to 5) of an object of 100,000 bytes, modified in second 1000."""
    look = struct.pack(">IQIII", 13, 100_000, 0o644, 0, 1000)
    first = sftp_packet(105, 1, look)
    data = sftp_packet(103, 2, struct.pack(">I", 5) + b"bytes")
    yield "read", first + data + sftp_packet(103, 3, struct.pack(">I", 3) + b"abc")
    yield "out-of-turn", first + sftp_packet(103, 3, struct.pack(">I", 3) + b"abc") + data
    yield "short", first + sftp_packet(103, 2, struct.pack(">I", 2) + b"by") + sftp_packet(103, 7, struct.pack(">I", 3) + b"tes")
    yield "too-much", first + sftp_packet(103, 2, struct.pack(">I", 6) + b"bytes!")
    yield "twice", first + data + data
    yield "changed", sftp_packet(105, 1, struct.pack(">IQ", 1, 99_999))
    yield "extended", sftp_packet(105, 1, struct.pack(">IQIIIII", 0x8000000F, 100_000, 0, 0, 0o644, 0, 1000) + struct.pack(">I", 0))
    yield "end", first + sftp_packet(101, 2, struct.pack(">II", 1, 3) + b"end" + struct.pack(">I", 0))
    yield "handle", sftp_packet(102, 1, struct.pack(">I", 4) + b"abcd")
    yield "long", struct.pack(">IBI", 0xFFFFFFFF, 103, 1)


def contents_records():
    """What fo-unpack says is in a backup."""
    nothing = {"kind": "other", "version": None, "made": None, "fqdn": None, "extensions": None, "trunks": None, "queues": None,
               "gateways": None, "certificates": [], "remarks": []}
    full = {**nothing, "kind": "3CX", "version": "20.0", "made": 1_700_000_000_123_456_789, "fqdn": "pbx.example", "extensions": 20,
            "trunks": 1, "queues": 2, "gateways": [{"name": "a", "host": "h", "port": 5060}, {"name": "b", "host": "", "port": None}],
            "certificates": [{"path": "Certificates/a.pem", "subject": "CN=a", "expires": -1}], "remarks": ["a sentence"]}
    for name, record in (("nothing", nothing), ("full", full), ("missing", {"kind": "3CX"}),
                         ("wrong-types", {**full, "extensions": -1.5, "made": 1e300, "remarks": [1]}),
                         ("port", {**full, "gateways": [{"name": "a", "host": "h", "port": 65536}]})):
        yield name, json.dumps(record).encode()


def seeds():
    yield "sftp_answer", sftp_answers()
    yield "sip_message", sip_messages()
    yield "thresholds", texts("500ms", "30s", "5m", "24h", "7d", "0s", "106751d", "106752d", "30", "+5s", "-1s", " 1s", "1 s", "1.5s", "64KiB",
                              "10MB", "16777216TiB", "16777215TiB", "5kB", "all", "any", "3", "0", "100001", "00000000000000000000001s")
    yield "target_url", texts("sip://192.0.2.1", "sip://pbx.example:5070?transport=udp&name=pbx.example", "sips://[2001:db8::1]:5061",
                              "https://pbx.example:5001/webclient?x=1&expect=200&verify=require&name=a.b", "http://pbx.example", "tcp://h:1",
                              "tunnel://pbx.example", "sip://[fe80::1%25lo]:5060", "tls://h:443", "dns://192.0.2.53/pbx.example?type=AAAA",
                              "icmp://192.0.2.1", "exec:///usr/lib/plugin?arg=-H&arg=%20x", "https://u:p@h/", "https://h/%zz?%", "sip://h:0",
                              "sip://h:65536", "http://h/?expect=700", "https://h/a%2fb/../c?name=%2e")
    yield "known_hosts", known_hosts()
    yield "backup_sidecar", sidecars()
    yield "contents_record", contents_records()
    yield "dns_message", dns_messages()
    yield "tkey_answer", tkey_answers()
    yield "tsig_answer", ((name, b"\0\x75" + data) for name, data in dns_messages())
    yield "zip_index", zips()
    yield "etcd_reply", etcd_replies()
    yield "observation", observations()
    yield "service_records", service_answers()
    yield "dns_answer", dns_answers()
    yield "s3_listing", s3_listings()
    yield "part_map", part_maps()
    yield "ftp_listing", ftp_listings()
    yield "gs_listing", gs_listings()
    yield "delta_plan", delta_plans()
    yield "provider_answer", provider_answers()
    yield "hosts_text", hosts_files()


def main():
    for target, files in seeds():
        (FOLDER / target).mkdir(parents=True, exist_ok=True)
        for name, data in files:
            (FOLDER / target / name).write_bytes(data)


if __name__ == "__main__":
    main()
