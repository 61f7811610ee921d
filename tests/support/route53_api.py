"""A stand-in for Route 53 (API of 2013-04-01) as its documents describe it. botocore, Amazon's own library, computes every signature anew; a
change batch is done whole or not at all, and takes a moment to reach all servers."""

import itertools
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from support.provider_zone import ZONE, ProviderServer
from support.s3_store import is_signed
from support.scripted_http import answer

ZONE_ID = "Z0123456789ABCDEFGHIJ"
_NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


def as_xml(status, body, *fields):
    return answer(status, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', "Content-Type: text/xml", *fields)


def refusal(status, code, message, *fields):
    return as_xml(status, f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>'
                  "<RequestId>b25f48e8-84fd-11e6-80d9-574e0c4664cb</RequestId></ErrorResponse>", *fields)


class Route53Api(ProviderServer):
    """`pending` looks at a change say PENDING before it is INSYNC; `policy` is put into every A set that is listed."""

    pending = 1
    policy = ""
    read_only = False

    def __init__(self, test, zone, **listening):
        self._numbers = itertools.count(1)
        self.changes = {}
        super().__init__(test, zone, **listening)

    def honest(self, request):
        if not is_signed(request, service="route53"):
            return refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
        path, _, query = request.target.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        match = re.fullmatch(r"/2013-04-01/change/(C[0-9A-Z]+)", path)
        if match:
            return self._change(match[1], "GetChangeResponse")
        match = re.fullmatch(r"/2013-04-01/hostedzone/([0-9A-Z]+)(/rrset)?", path)
        if not match or match[1] != ZONE_ID:
            return refusal(404, "NoSuchHostedZone", "No hosted zone found with ID: x")
        if not match[2]:
            return as_xml(200, f'<GetHostedZoneResponse xmlns="{_NAMESPACE}"><HostedZone><Id>/hostedzone/{ZONE_ID}</Id><Name>{ZONE}.</Name></HostedZone>'
                          "<DelegationSet><NameServers><NameServer>127.0.0.1</NameServer></NameServers></DelegationSet></GetHostedZoneResponse>")
        if request.method == "GET":
            return self._listing(query)
        if self.read_only:
            return refusal(403, "AccessDenied", "User: x is not authorized to perform: route53:ChangeResourceRecordSets")
        return self._batch(request.body)

    def _listing(self, query):
        def order(name):
            return name.rstrip(".").split(".")[::-1]
        listed = sorted(((name, kind), value) for (name, kind), value in self.zone.sets.items())
        listed.sort(key=lambda entry: (order(entry[0][0]), entry[0][1]))
        parts = []
        for (name, kind), (ttl, values) in listed:
            if order(name) < order(query["name"]):
                continue
            records = "".join(f"<ResourceRecord><Value>{escape(value)}</Value></ResourceRecord>" for value in values)
            parts.append(f"<ResourceRecordSet><Name>{name}.</Name><Type>{kind}</Type>{self.policy if kind == 'A' else ''}<TTL>{ttl}</TTL>"
                         f"<ResourceRecords>{records}</ResourceRecords></ResourceRecordSet>")
        return as_xml(200, f'<ListResourceRecordSetsResponse xmlns="{_NAMESPACE}"><ResourceRecordSets>{"".join(parts)}</ResourceRecordSets>'
                      "<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListResourceRecordSetsResponse>")

    def _batch(self, body):
        tree = ElementTree.fromstring(body)
        sets = dict(self.zone.sets)
        space = {"r": _NAMESPACE}
        for change in tree.iterfind("r:ChangeBatch/r:Changes/r:Change", space):
            action = change.findtext("r:Action", None, space)
            record = change.find("r:ResourceRecordSet", space)
            name, kind = record.findtext("r:Name", None, space).rstrip("."), record.findtext("r:Type", None, space)
            entry = (int(record.findtext("r:TTL", None, space)), [value.text for value in record.iterfind("r:ResourceRecords/r:ResourceRecord/r:Value", space)])
            label = f"resource record set [name='{name}.', type='{kind}']"
            there = sets.get((name, kind))
            if action == "DELETE" and not there:
                return refusal(400, "InvalidChangeBatch", f"[Tried to delete {label} but it was not found]")
            if action == "DELETE" and (there[0], sorted(there[1])) != (entry[0], sorted(entry[1])):
                return refusal(400, "InvalidChangeBatch", f"[Tried to delete {label} but the values provided do not match the current values]")
            if action == "CREATE" and there:
                return refusal(400, "InvalidChangeBatch", f"[Tried to create {label} but it already exists]")
            if action == "DELETE":
                del sets[name, kind]
            else:
                assert action == "CREATE", action
                sets[name, kind] = entry
        self.zone.sets = sets
        identity = f"C{next(self._numbers):012d}"
        self.changes[identity] = self.pending
        return self._change(identity, "ChangeResourceRecordSetsResponse", look=False)

    def _change(self, identity, kind, look=True):
        if identity not in self.changes:
            return refusal(404, "NoSuchChange", "x")
        status = "PENDING" if self.changes[identity] > 0 else "INSYNC"
        self.changes[identity] -= look
        return as_xml(200, f'<{kind} xmlns="{_NAMESPACE}"><ChangeInfo><Id>/change/{identity}</Id><Status>{status}</Status>'
                      f"<SubmittedAt>2026-11-23T06:07:00.000Z</SubmittedAt></ChangeInfo></{kind}>")
