"""The seeds of what comes from name servers and DNS providers, and of hosts files."""

import json
import struct



def labels(name):
    return b"".join(bytes([len(label)]) + label for label in name.split(b".") if label) + b"\0"


def record(name, kind, data, ttl=60, of=1):
    return name + struct.pack(">HHIH", kind, of, ttl, len(data)) + data


def dns_messages():
    question = labels(b"pbx.example") + struct.pack(">HH", 1, 1)
    pointer = b"\xc0\x0c"

    def message(answers=(), authorities=(), additionals=(), flags=0x8580):
        head = struct.pack(">HHHHHH", 0x1234, flags, 1, len(answers), len(authorities), len(additionals))
        return head + question + b"".join([*answers, *authorities, *additionals])

    yield "query", message(flags=0x0100)
    yield "a", message([record(pointer, 1, b"\xc0\0\2\1")])
    yield "aaaa", message([record(pointer, 28, bytes(15) + b"\1")])
    yield "cname", message([record(pointer, 5, b"\4host\xc0\x10"), record(b"\4host\xc0\x10", 1, b"\xc0\0\2\1")])
    yield "ns-soa", message(authorities=[record(pointer, 2, b"\2ns\xc0\x0c"), record(pointer, 6, b"\2ns\xc0\x0c\4root\xc0\x0c" + bytes(20))])
    yield "mx-txt-ptr", message([record(pointer, 15, b"\0\5" + pointer), record(pointer, 16, b"\3abc\0"), record(pointer, 12, pointer)])
    yield "srv-naptr", message([record(pointer, 33, struct.pack(">HHH", 10, 5, 5060) + labels(b"sip.example")),
                                record(pointer, 35, struct.pack(">HH", 50, 50) + b"\1s\7SIP+D2U\0" + labels(b"_sip._udp.example"))])
    yield "update", message([record(pointer, 1, b"", 0, 254)], [record(pointer, 1, b"\xc0\0\2\2")], flags=0x2800)
    yield "nxdomain", message(flags=0x8583)
    yield "truncated", message(flags=0x8780)
    yield "opt", message(additionals=[record(b"\0", 41, b"", 0, 1232)])
    tsig = labels(b"hmac-sha256") + bytes(2) + struct.pack(">IHH", 1795413600, 300, 32) + bytes(32) + struct.pack(">HHH", 0x1234, 0, 0)
    yield "tsig", message(additionals=[record(labels(b"fo"), 250, tsig, 0, 255)])
    yield "circle", message([record(b"\xc0\x1d", 1, b"\xc0\0\2\1")])
    yield "cut", message([record(pointer, 1, b"\xc0\0\2\1")])[:-2]
    yield "escapes", struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\4a.\\\0\2\xff \0" + struct.pack(">HH", 255, 255)


def tkey_answers():
    name = labels(b"0011.sig-dc1.ad.example")
    question = name + struct.pack(">HH", 249, 255)

    def data(algorithm=labels(b"gss-tsig"), mode=3, error=0, token=b"token", other=b"", length=None):
        return algorithm + struct.pack(">IIHHH", 1795413600, 1795417200, mode, error, len(token) if length is None else length) + token + \
            struct.pack(">H", len(other)) + other

    def message(*answers, additionals=(), flags=0x8000, asked=question):
        return struct.pack(">HHHHHH", 0x1234, flags, 1, len(answers), 0, len(additionals)) + asked + b"".join([*answers, *additionals])

    tsig = labels(b"gss-tsig") + bytes(2) + struct.pack(">IHH", 1795413600, 300, 28) + bytes(28) + struct.pack(">HHH", 0x1234, 0, 0)
    signed = [record(name, 250, tsig, 0, 255)]
    yield "signed", message(record(b"\xc0\x0c", 249, data(), 0, 255), additionals=signed)
    yield "unsigned", message(record(name, 249, data(), 0, 255))
    yield "no-token", message(record(name, 249, data(token=b""), 0, 255))
    yield "badkey", message(record(name, 249, data(error=17), 0, 255), flags=0x8009)
    yield "other-mode", message(record(name, 249, data(mode=2), 0, 255))
    yield "other-algorithm", message(record(name, 249, data(algorithm=labels(b"hmac-sha256")), 0, 255))
    yield "other-key", message(record(labels(b"x"), 249, data(), 0, 255))
    yield "other-data", message(record(name, 249, data(other=b"abc"), 0, 255))
    yield "other-class", message(record(name, 249, data(), 0, 1))
    yield "two", message(record(name, 249, data(), 0, 255), record(name, 249, data(), 0, 255))
    yield "none", message()
    yield "refused", message(flags=0x8005)
    yield "long-token", message(record(name, 249, data(length=60000), 0, 255))
    yield "compressed", message(record(name, 249, data(algorithm=b"\xc0\x0c"), 0, 255), asked=labels(b"gss-tsig") + struct.pack(">HH", 249, 255))
    yield "circle", message(record(name, 249, data(algorithm=b"\xc0\x4d"), 0, 255))
    yield "cut", message(record(name, 249, data(), 0, 255))[:-3]


def service_answers():
    def answer(*records, kind=33):
        return b"\x07" + struct.pack(">HHHHHH", 0x1234, 0x8580, 1, len(records), 0, 0) + labels(b"_sip._udp.pbx.example") + \
            struct.pack(">HH", kind, 1) + b"".join(records)

    def srv(priority, weight, port, name):
        return record(b"\xc0\x0c", 33, struct.pack(">HHH", priority, weight, port) + labels(name))

    def naptr(order, preference, service, name, flags=b"s"):
        texts_of = b"".join(bytes([len(text)]) + text for text in (flags, service, b""))
        return record(b"\xc0\x0c", 35, struct.pack(">HH", order, preference) + texts_of + labels(name))

    yield "srv", answer(srv(10, 60, 5060, b"a.example"), srv(10, 0, 5060, b"b.example"), srv(10, 40, 5061, b"c.example"), srv(5, 0, 0, b"d.example"))
    yield "srv-none", answer(srv(0, 0, 0, b""))
    yield "srv-heavy", answer(*[srv(0, 65535, 5060, b"a")] * 8)
    yield "srv-many", answer(*[srv(1, 1, 1, b"a")] * 66)
    yield "srv-alias", answer(record(b"\xc0\x0c", 5, labels(b"x.example")), srv(1, 1, 1, b"a"))
    yield "naptr", answer(naptr(20, 1, b"SIP+D2U", b"_sip._udp.example"), naptr(10, 2, b"SIP+D2T", b"_sip._tcp.example"),
                          naptr(10, 1, b"SIPS+D2T", b"_sips._tcp.example", b"S"), kind=35)
    yield "naptr-others", answer(naptr(1, 1, b"E2U+sip", b"", b"u"), naptr(1, 1, b"sip+d2u", b"x", b""), naptr(1, 1, b"SIP+D2S", b"x"), kind=35)
    yield "naptr-nul", answer(naptr(1, 1, b"SIP+D2U\0x", b"x", b"s\0"), kind=35)
    yield "empty", answer()
    yield "cut", answer(srv(10, 60, 5060, b"a.example"))[:-3]
    yield "circle", answer(record(b"\xc0\x0c", 33, bytes(6) + b"\xc0\x39"))


def dns_answers():
    for name, data in dns_messages():
        yield name, b"\0\xff" + data
    question = labels(b"pbx.example") + struct.pack(">HH", 1, 1)

    def answer(*records, flags=0x8580, authorities=()):
        head = struct.pack(">HHHHHH", 0x1234, flags, 1, len(records), len(authorities), 0)
        return b"\0\0" + head + question + b"".join([*records, *authorities])

    one, two = labels(b"one.example"), labels(b"two.example")
    aliases = [record(b"\xc0\x0c", 5, one), record(one, 5, two), record(two, 1, b"\xc0\0\2\1")]
    yield "aliases", answer(*aliases)
    yield "aliases-backwards", answer(*reversed(aliases))
    yield "alias-circle", answer(record(b"\xc0\x0c", 5, one), record(one, 5, labels(b"PBX.example")))
    yield "other-name", answer(record(two, 1, b"\xc0\0\2\1"))
    yield "other-class", answer(record(b"\xc0\x0c", 1, b"\xc0\0\2\1", of=3))
    yield "refused-with-record", answer(record(b"\xc0\x0c", 1, b"\xc0\0\2\1"), flags=0x8585)
    yield "referral", answer(flags=0x8180, authorities=[record(b"\xc0\x10", 2, one)])


def provider_answers():
    """The first byte says whose: PowerDNS, Cloudflare, Route 53, Cloud DNS, a program."""
    mark = "epoch=3 node=a time=2026-11-23T06:07:00Z"

    def powerdns(*sets):
        return b"\0" + json.dumps({"rrsets": [{"name": name, "type": kind, "ttl": 60, "records": [{"content": value, "disabled": disabled} for value in values]}
                                              for name, kind, disabled, *values in sets]}).encode()

    def cloudflare(result, **more):
        return b"\1" + json.dumps({"success": True, "errors": [], "result": result, **more}).encode()

    def record(kind, content, **more):
        return {"id": "a1", "name": "sip.pbx.test", "type": kind, "content": content, "ttl": 1, "proxied": False, **more}

    def route53(root, inside):
        return b"\2" + f'<{root} xmlns="https://route53.amazonaws.com/doc/2013-04-01/">{inside}</{root}>'.encode()

    def listed(name, kind, value, more=""):
        return (f"<ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type>{more}<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value>"
                "</ResourceRecord></ResourceRecords></ResourceRecordSet>")

    def clouddns(**answer):
        return b"\3" + json.dumps(answer).encode()
    yield "powerdns", powerdns(("sip.pbx.test.", "A", False, "192.0.2.1", "192.0.2.2"), ("sip.pbx.test.", "AAAA", False, "2001:DB8::1"))
    yield "powerdns-alias", powerdns(("sip.pbx.test.", "CNAME", False, "x."))
    yield "powerdns-disabled", powerdns(("sip.pbx.test.", "A", True, "192.0.2.1"))
    yield "powerdns-error", b'\0{"error": "RRset sip.other. IN A: Name is out of zone"}'
    yield "cloudflare", cloudflare([record("A", "192.0.2.1"), record("A", "192.0.2.2", id="b2")], result_info={"total_pages": 1})
    yield "cloudflare-proxied", cloudflare([record("A", "192.0.2.1", proxied=True)])
    yield "cloudflare-pages", cloudflare([], result_info={"total_pages": 2})
    yield "cloudflare-zone", cloudflare([{"id": "f0", "name": "pbx.test", "name_servers": ["a.ns.example", "b.ns.example"]}])
    yield "cloudflare-error", b'\1{"success": false, "errors": [{"code": 81044, "message": "Record does not exist."}], "result": null}'
    one = listed("sip.pbx.test.", "A", "192.0.2.1")
    yield "route53", route53("ListResourceRecordSetsResponse", f"<ResourceRecordSets>{one}{listed('tel.pbx.test.', 'A', '192.0.2.3')}</ResourceRecordSets>"
                             "<IsTruncated>true</IsTruncated>")
    policy = listed("sip.pbx.test.", "A", "192.0.2.1", "<SetIdentifier>a</SetIdentifier>")
    yield "route53-policy", route53("ListResourceRecordSetsResponse", f"<ResourceRecordSets>{policy}</ResourceRecordSets><IsTruncated>false</IsTruncated>")
    yield "route53-zone", route53("GetHostedZoneResponse", "<HostedZone><Name>pbx.test.</Name></HostedZone><DelegationSet><NameServers><NameServer>"
                                  "ns-1.example</NameServer></NameServers></DelegationSet>")
    yield "route53-change", route53("GetChangeResponse", "<ChangeInfo><Id>/change/C123</Id><Status>PENDING</Status></ChangeInfo>")
    yield "route53-error", route53("ErrorResponse", "<Error><Code>InvalidChangeBatch</Code><Message>[Tried to delete x but it was not found]</Message></Error>")
    yield "route53-old-error", route53("InvalidChangeBatch", "<Messages><Message>Tried to create x but it already exists</Message></Messages>")
    yield "clouddns", clouddns(kind="dns#resourceRecordSetsListResponse",
                               rrsets=[{"name": "sip.pbx.test.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}])
    yield "clouddns-policy", clouddns(rrsets=[{"name": "sip.pbx.test.", "type": "A", "routingPolicy": {}}])
    yield "clouddns-zone", clouddns(kind="dns#managedZone", dnsName="pbx.test.", nameServers=["ns.example."])
    yield "clouddns-change", clouddns(kind="dns#change", id="7", status="pending")
    yield "clouddns-error", clouddns(error={"code": 403, "message": "Quota exceeded", "errors": [{"reason": "rateLimitExceeded"}]})
    yield "exec", b"\4" + json.dumps({"addresses": ["192.0.2.1", "2001:db8::1"], "ttl": 60, "mark": mark}).encode()
    yield "exec-none", b'\4{"addresses": [], "mark": ""}'


def hosts_files():
    mark = b"# _failover.sip.pbx.test epoch=3 node=a time=2026-11-23T06:07:00Z"
    yield "one", b"127.0.0.1 localhost\n192.0.2.1 sip.pbx.test # the PBX\n::1 ip6-localhost\n"
    yield "marked", mark + b"\n192.0.2.1\tSIP.pbx.test\n2001:db8::1 sip.pbx.test\n"
    yield "crlf", b"10.0.0.1 a\r\n" + mark + b"\r\n192.0.2.1 sip.pbx.test\r\n"
    yield "no-end", b"10.0.0.1 a\n  192.0.2.1 sip.pbx.test"
    yield "apart", b"192.0.2.1 sip.pbx.test\n10.0.0.1 a\n" + mark + b"\n"
    yield "others", b"192.0.2.1 sip.pbx.test pbx\n"
    yield "none", b"# _failover.sip.pbx.test\n\r\n \t#\n10.0.0.1 b"
