"""A stand-in for Cloudflare's API (v4) as its documents describe it: zones, DNS records, batches that are done whole or not at all."""

import itertools
import json
import re
import urllib.parse

from support.provider_zone import ZONE, ProviderServer, as_json

TOKEN, READ_ONLY = "cloudflare-token-0123456789", "cloudflare-reader-0123456789"
ZONE_ID = "023e105f4ecef8ad9ca31a8372d0c353"


def refusal(status, code, message, *fields):
    return as_json(status, {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}, *fields)


def success(result, **more):
    return as_json(200, {"success": True, "errors": [], "messages": [], "result": result, **more})


class CloudflareApi(ProviderServer):
    proxied = False

    def __init__(self, test, zone, **listening):
        self._numbers = itertools.count(1)
        self._ids = {}
        super().__init__(test, zone, **listening)

    def _id(self, name, kind, value):
        return self._ids.setdefault((name, kind, value), f"{next(self._numbers):032x}")

    def _records(self):
        return [{"id": self._id(name, kind, value), "name": name, "type": kind, "content": value, "ttl": ttl, "proxied": self.proxied,
                 "proxiable": True, "settings": {}, "meta": {}, "comment": None, "tags": []}
                for (name, kind), (ttl, values) in self.zone.sets.items() if kind != "NS" for value in values]

    def honest(self, request):
        token = request.fields.get("authorization", "")
        if token not in (f"Bearer {TOKEN}", f"Bearer {READ_ONLY}"):
            return refusal(400 if not token.startswith("Bearer ") else 403, 6003 if not token.startswith("Bearer ") else 9109, "Invalid access token")
        path, _, query = request.target.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        described = {"id": ZONE_ID, "name": ZONE, "status": "active", "name_servers": ["127.0.0.1"]}
        if path == "/client/v4/zones":
            return success([described] if query["name"] == ZONE else [], result_info={"page": 1, "total_pages": 1})
        match = re.fullmatch(r"/client/v4/zones/([0-9a-f]{32})(/dns_records(/batch)?)?", path)
        if not match or match[1] != ZONE_ID:
            return refusal(404, 7003, "Could not route to /zones/x, perhaps your object identifier is invalid?")
        if not match[2]:
            return success(described)
        if request.method == "GET":
            found = [record for record in self._records() if record["name"] == query["name.exact"]]
            return success(found, result_info={"page": 1, "per_page": 100, "total_pages": 1, "count": len(found)})
        if token != f"Bearer {TOKEN}":
            return refusal(403, 10000, "Authentication error")
        return self._batch(json.loads(request.body))

    def _batch(self, batch):
        sets = {key: (ttl, list(values)) for key, (ttl, values) in self.zone.sets.items()}
        known = {record["id"]: record for record in self._records()}
        for one in batch.get("deletes", []):
            record = known.pop(one["id"], None)
            if not record:
                return refusal(404, 81044, "Record does not exist.")
            key = (record["name"], record["type"])
            sets[key][1].remove(record["content"])
            if not sets[key][1]:
                del sets[key]
        for one in batch.get("posts", []):
            key = (one["name"], one["type"])
            if one["ttl"] != 1 and not 60 <= one["ttl"] <= 86400:
                return refusal(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.")
            if not re.fullmatch(r"[a-z0-9_.-]+\." + re.escape(ZONE), one["name"]):
                return refusal(400, 9005, "Content for A record is invalid.")
            values = sets.setdefault(key, (one["ttl"], []))[1]
            if one["content"] in values:
                return refusal(400, 81058, "An identical record already exists.")
            values.append(one["content"])
        # What is written anew is another record, whatever it says.
        for one in batch.get("posts", []):
            self._ids.pop((one["name"], one["type"], one["content"]), None)
        self.zone.sets = sets
        return success({"deletes": batch.get("deletes", []), "patches": [], "puts": [], "posts": batch.get("posts", [])})
