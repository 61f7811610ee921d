"""A stand-in for Google Cloud DNS (v1) as its documents describe it: deletions must match exactly, additions must not be there, a change is
pending for a moment. Tokens come from TokenServer, where PyJWT checks what a service account shows."""

import itertools
import json
import re
import urllib.parse

from support.provider_zone import ZONE, ProviderServer, as_json

SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
PROJECT, ZONE_NAME = "pbx-project", "pbx-zone"


def refusal(status, reason, message, *fields):
    return as_json(status, {"error": {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}}, *fields)


class ClouddnsApi(ProviderServer):
    pending = 1
    read_only = False

    def __init__(self, test, zone, tokens, **listening):
        self._numbers = itertools.count(1)
        self.changes = {}
        self.tokens = tokens
        super().__init__(test, zone, **listening)

    def honest(self, request):
        if request.fields.get("authorization", "").removeprefix("Bearer ") not in self.tokens.good:
            return refusal(401, "authError", "Request had invalid authentication credentials.")
        path, _, query = request.target.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        match = re.fullmatch(r"/dns/v1/projects/([^/]+)/managedZones/([^/]+)(/rrsets|/changes(?:/(\d+))?)?", path)
        if not match or (match[1], match[2]) != (PROJECT, ZONE_NAME):
            return refusal(404, "notFound", "The 'parameters.managedZone' resource named 'x' does not exist.")
        if not match[3]:
            return as_json(200, {"kind": "dns#managedZone", "name": ZONE_NAME, "dnsName": ZONE + ".", "nameServers": ["127.0.0.1."]})
        if match[3] == "/rrsets":
            sets = [self._resource(*key, *entry) for key, entry in self.zone.sets.items() if key[0] + "." == query["name"]]
            return as_json(200, {"kind": "dns#resourceRecordSetsListResponse", "rrsets": sets})
        if match[4]:
            return self._change(match[4])
        if self.read_only:
            return refusal(403, "forbidden", "Forbidden")
        return self._apply(json.loads(request.body))

    @staticmethod
    def _resource(name, kind, ttl, values):
        return {"kind": "dns#resourceRecordSet", "name": name + ".", "type": kind, "ttl": ttl, "rrdatas": values, "signatureRrdatas": []}

    def _apply(self, body):
        sets = dict(self.zone.sets)
        for number, one in enumerate(body.get("deletions", [])):
            key = (one["name"].rstrip("."), one["type"])
            if key not in sets:
                return refusal(404, "notFound", f"The 'entity.change.deletions[{number}]' resource named '{one['name']} ({one['type']})' does not exist.")
            ttl, values = sets[key]
            if (ttl, sorted(values)) != (one["ttl"], sorted(one["rrdatas"])):
                return refusal(412, "conditionNotMet", f"Precondition not met for 'entity.change.deletions[{number}]'")
            del sets[key]
        for number, one in enumerate(body.get("additions", [])):
            key = (one["name"].rstrip("."), one["type"])
            if key in sets:
                return refusal(409, "alreadyExists", f"The resource 'entity.change.additions[{number}]' named '{one['name']} ({one['type']})' already exists")
            sets[key] = (one["ttl"], one["rrdatas"])
        self.zone.sets = sets
        identity = str(next(self._numbers))
        self.changes[identity] = self.pending
        return self._change(identity, look=False)

    def _change(self, identity, look=True):
        status = "pending" if self.changes[identity] > 0 else "done"
        self.changes[identity] -= look
        return as_json(200, {"kind": "dns#change", "id": identity, "status": status, "startTime": "2026-11-23T06:07:00.000Z"})
