"""A stand-in for Google Cloud Storage and its token server as their documents describe them, for what the emulator does not do: tokens are
asked for, generations are heeded, ranges end where the object ends. PyJWT checks what a service account shows."""

import base64
import datetime
import hashlib
import json
import re
import subprocess
import sys
import time
import urllib.parse

from support.scripted_http import ScriptedHttp, answer

sys.path.append("/usr/lib/python3/dist-packages")
import jwt  # noqa: E402

_SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"


def crc32c(data):
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ (crc >> 8)
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "big")


def as_json(status, value, *fields):
    return answer(status, json.dumps(value), "Content-Type: application/json; charset=UTF-8", *fields)


def refusal(status, message):
    return as_json(status, {"error": {"code": status, "message": message}})


class TokenServer:
    """Gives tokens for `scope` to whoever proves to be `email` or to hold `refresh`; `good` are the ones that are good now."""

    email, key_id = "fetcher@pbx.iam.gserviceaccount.com", "key-1"
    client_id, client_secret, refresh = "client&id", "client+secret", "1//refresh token"

    def __init__(self, test, folder, scope=_SCOPE):
        self.folder = folder
        self.scope = scope
        self.life = 3599
        self.good = []
        self.refusals = []
        self.key = self.make_key("service.key")
        self.public = subprocess.run(["openssl", "rsa", "-in", self.key, "-pubout"], check=True, capture_output=True, text=True).stdout
        self.server = ScriptedHttp(test, self._serve)

    @property
    def uri(self):
        return self.server.url + "/token"

    def make_key(self, name):
        path = self.folder / name
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path], check=True, capture_output=True)
        return path

    def give(self):
        self.good.append(f"ya29.secret-{len(self.good)}")
        return as_json(200, {"access_token": self.good[-1], "expires_in": self.life, "token_type": "Bearer"}, "Metadata-Flavor: Google")

    def _serve(self, request, _connection):
        form = dict(urllib.parse.parse_qsl(request.body.decode()))
        try:
            assert request.method == "POST" and request.target == "/token"
            if form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer":
                assert jwt.get_unverified_header(form["assertion"]) == {"alg": "RS256", "typ": "JWT", "kid": self.key_id}
                claims = jwt.decode(form["assertion"], self.public, algorithms=["RS256"], audience=self.uri, issuer=self.email)
                assert claims["scope"] == self.scope and claims["exp"] - claims["iat"] <= 3600 and abs(claims["iat"] - time.time()) < 60
            else:
                assert form == {"grant_type": "refresh_token", "client_id": self.client_id, "client_secret": self.client_secret,
                                "refresh_token": self.refresh}
            return self.give()
        except Exception as reason:
            self.refusals.append(repr(reason))
            return as_json(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})

    def _write(self, name, content):
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        path.chmod(0o600)
        return path

    def service_account(self, key=None, name="service.json", **more):
        return self._write(name, {"type": "service_account", "client_email": self.email, "private_key_id": self.key_id, "token_uri": self.uri,
                                  "private_key": (key or self.key).read_text(encoding="ascii"), **more})

    def authorized_user(self, name="user.json", **more):
        return self._write(name, {"type": "authorized_user", "client_id": self.client_id, "client_secret": self.client_secret,
                                  "refresh_token": self.refresh, "token_uri": self.uri, **more})


class GcsStore:
    """Serves the files of a folder as the bucket `backups`. `allowed(authorization)` says who may; by default everybody."""

    page_size = 2

    def __init__(self, test, store, tell=None, allowed=lambda authorization: True, **listening):
        self.store = store
        self.allowed = allowed
        self.server = ScriptedHttp(test, tell or (lambda request, _: self.honest(request)), **listening)
        self._digests = {}

    def honest(self, request):
        if not self.allowed(request.fields.get("authorization")):
            return refusal(401, "Invalid Credentials")
        path, _, query = request.target.partition("?")
        match = re.fullmatch(r"/storage/v1/b/backups/o(?:/([^/]+))?", path)
        if not match:
            return refusal(404, "The specified bucket does not exist.")
        query = dict(urllib.parse.parse_qsl(query))
        if not match[1]:
            return self._listing(query)
        name = urllib.parse.unquote(match[1])
        if not (self.store / name).is_file():
            return refusal(404, f"No such object: backups/{name}")
        if not (self.store / name).stat().st_mode & 0o444:
            return refusal(403, "fetcher does not have storage.objects.get access.")
        return self._media(request, query, name) if query.get("alt") == "media" else as_json(200, self._resource(name))

    def generation(self, name):
        return str((self.store / name).stat().st_ctime_ns // 1000)

    def _resource(self, name):
        info = (self.store / name).stat()
        generation = self.generation(name)
        if (name, generation) not in self._digests:
            content = (self.store / name).read_bytes()
            self._digests[name, generation] = (base64.b64encode(crc32c(content)).decode(), base64.b64encode(hashlib.md5(content).digest()).decode())
        crc, md5 = self._digests[name, generation]
        moment = datetime.datetime.fromtimestamp(info.st_mtime, datetime.timezone.utc)
        return {"kind": "storage#object", "name": name, "bucket": "backups", "generation": generation, "size": str(info.st_size), "crc32c": crc,
                "md5Hash": md5, "timeCreated": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z", "updated": "2026-01-01T00:00:00.000Z"}

    def _listing(self, query):
        assert query["delimiter"] == "/", query
        prefix = query.get("prefix", "")
        names = sorted(str(path.relative_to(self.store)) for path in self.store.rglob("*") if path.is_file())
        names = [name for name in names if name.startswith(prefix) and name > query.get("pageToken", "")]
        page = names[:self.page_size]
        result = {"kind": "storage#objects"}
        items = [self._resource(name) for name in page if "/" not in name[len(prefix):]]
        if items:
            result["items"] = items
        if len(names) > len(page):
            result["nextPageToken"] = page[-1]
        return as_json(200, result)

    def _media(self, request, query, name):
        assert request.fields["accept-encoding"] == "gzip"
        if query["ifGenerationMatch"] != self.generation(name):
            return refusal(412, "At least one of the pre-conditions you specified did not hold.")
        content = (self.store / name).read_bytes()
        fields = [f"X-Goog-Generation: {self.generation(name)}", "Content-Type: application/octet-stream"]
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.fields.get("range", ""))
        if not wanted:
            return answer(200, content, *fields)
        begin, end = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        if begin > end:
            return refusal(416, "The requested range cannot be satisfied.")
        return answer(206, content[begin:end + 1], f"Content-Range: bytes {begin}-{end}/{len(content)}", *fields)
