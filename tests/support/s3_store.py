"""A stand-in for Amazon S3 as its documents describe it, for what no server at hand does: botocore, Amazon's own library, computes every
signature anew, If-Match is heeded, and listings come in small pages."""

import datetime
import hashlib
import re
import sys
import urllib.parse
from xml.sax.saxutils import escape

from support.scripted_http import ScriptedHttp, answer

sys.path.append("/usr/lib/python3/dist-packages")
from botocore.auth import S3SigV4Auth, SigV4Auth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

_PROOF = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")
REGION = "eu-test-1"
ACCESS, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/token=="


def is_signed(request, scheme="http", service="s3"):
    """Whether botocore, given our secret, comes to the same signature."""
    proof = _PROOF.fullmatch(request.fields.get("authorization", ""))
    if not proof or proof[1] != ACCESS or proof[3] != REGION or proof[4] != service or request.fields.get("x-amz-security-token", TOKEN) != TOKEN:
        return False
    signed = {name: request.fields[name] for name in proof[5].split(";")}
    if any(name.startswith("x-amz-") and name not in signed and name != "x-amz-checksum-mode" for name in request.fields):
        return False
    theirs = AWSRequest(method=request.method, url=f"{scheme}://{request.fields['host']}{request.target}", headers=signed, data=request.body)
    theirs.context["timestamp"] = request.fields["x-amz-date"]
    auth = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(ACCESS, SECRET), service, REGION)
    canonical = auth.canonical_request(theirs)
    return auth.signature(auth.string_to_sign(theirs, canonical), theirs) == proof[6]


def refusal(status, code, message=""):
    return answer(status, f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>', "Content-Type: application/xml")


class S3Store:
    """Serves the files of a folder as the bucket `backups`, in path style. `tell` may be put before the truth."""

    page_size = 2

    def __init__(self, test, store, tell=None):
        self.store = store
        self.server = ScriptedHttp(test, tell or (lambda request, _: self.honest(request)))

    def honest(self, request):
        if not is_signed(request):
            return refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        path, _, query = request.target.partition("?")
        bucket, _, key = urllib.parse.unquote(path)[1:].partition("/")
        if bucket != "backups":
            return refusal(404, "NoSuchBucket", "The specified bucket does not exist")
        return self._object(request, key) if key else self._listing(urllib.parse.parse_qs(query))

    def _listing(self, query):
        assert query["list-type"] == ["2"] and query["delimiter"] == ["/"], query
        prefix = query.get("prefix", [""])[0]
        keys = sorted(str(path.relative_to(self.store)) for path in self.store.rglob("*") if path.is_file())
        after = query.get("continuation-token", [""])[0]
        keys = [key for key in keys if key.startswith(prefix) and key > after]
        page = keys[:self.page_size]
        parts = ['<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">']
        for key in page:
            path = self.store / key
            if "/" in key[len(prefix):]:
                continue
            moment = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc)
            parts.append(f"<Contents><Key>{escape(key)}</Key><LastModified>{moment:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
                         f"<ETag>&quot;{self._etag(path)}&quot;</ETag><Size>{path.stat().st_size}</Size></Contents>")
        more = len(keys) > len(page)
        parts.append(f"<IsTruncated>{str(more).lower()}</IsTruncated>")
        if more:
            parts.append(f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>")
        return answer(200, "".join(parts) + "</ListBucketResult>", "Content-Type: application/xml")

    @staticmethod
    def _etag(path):
        return hashlib.md5(path.read_bytes()).hexdigest()

    def _object(self, request, key):
        path = self.store / key
        if not path.is_file():
            return answer(404) if request.method == "HEAD" else refusal(404, "NoSuchKey", "The specified key does not exist.")
        if not path.stat().st_mode & 0o444:
            return answer(403) if request.method == "HEAD" else refusal(403, "AccessDenied", "Access Denied")
        etag = f'"{self._etag(path)}"'
        moment = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc)
        fields = [f"ETag: {etag}", f"Last-Modified: {moment:%a, %d %b %Y %H:%M:%S} GMT", "Server: AmazonS3", "Content-Type: application/zip"]
        content = path.read_bytes()
        if request.method == "HEAD":
            return answer(200, b"", *fields, length=len(content))
        if request.fields["if-match"] != etag:
            return refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.fields.get("range", ""))
        if not wanted:
            return answer(200, content, *fields)
        begin, end = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        if begin > end:
            return refusal(416, "InvalidRange", "The requested range is not satisfiable")
        return answer(206, content[begin:end + 1], f"Content-Range: bytes {begin}-{end}/{len(content)}", *fields)
