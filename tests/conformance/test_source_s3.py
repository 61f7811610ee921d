"""Objects of s3rver, of a stand-in that computes every signature anew, and of a store that lies."""

import hashlib
import re
import time
import unittest

from conformance.http_lies import HttpLies
from conformance.source_driver import Driven
from conformance.source_faults import FetchFaults
from conformance.source_suite import SourceSuite
from support import tool
from support.breaking_relay import BreakingRelay
from support.fetching import FetchCase
from support.s3_store import ACCESS, REGION, SECRET, TOKEN, S3Store
from support.s3rver import S3rver
from support.scripted_http import ScriptedHttp, answer
from support.server import free_port


def credentials(folder, secret=SECRET, access=ACCESS, name="credentials"):
    path = folder / name
    path.write_text(f"# ours\n[default]\naws_access_key_id = {access}\naws_secret_access_key={secret}\nregion = {REGION}\noutput = json\n"
                    f"[session]\naws_access_key_id={access}\naws_secret_access_key={secret}\naws_session_token={TOKEN}\n", encoding="ascii")
    path.chmod(0o600)
    return path


class S3Signed(SourceSuite, unittest.TestCase):
    folders = odd_files = sparse = False

    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.store = self.folder / "store"
        self.store.mkdir()
        self.s3 = S3Store(self, self.store)
        self.credentials = credentials(self.folder)

    def location(self, path):
        return f"s3://backups/{path}"

    def options(self):
        return {"endpoint": self.s3.server.url, "credentials-file": self.credentials}

    def forbidden(self):
        (self.store / "a.zip").chmod(0)
        return self.source("a.zip")

    def wrong_credentials(self):
        yield "a wrong secret", {**self.options(), "credentials-file": credentials(self.folder, "no such", name="wrong")}

    def test_signatures_of_every_kind_of_request(self):
        self.put("a.zip", b"12345")
        (self.store / "sub folder").mkdir()
        self.put("sub folder/ü+b.zip", b"1")
        for location, names in (("s3://backups/?profile=session&region=" + REGION, ["a.zip"]), ("s3://backups/sub%20folder/", ["ü+b.zip"]),
                                ("s3://backups/sub%20folder/*b.zip?region=" + REGION, ["ü+b.zip"])):
            source = Driven(self, location, self.options())
            answer_ = source.list()
            self.assertEqual([item["name"] for item in answer_["objects"]], names, answer_)
            self.assertEqual(len(source.read(answer_["objects"][0]["path"], 0, 9)), answer_["objects"][0]["size"])

    def test_a_listing_of_many_pages(self):
        for number in range(11):
            self.put(f"{number:02}.zip")
        self.assertEqual(len(self.names("")), 11)
        self.assertGreaterEqual(len(self.s3.server.asked), 6)

    def test_digests_come_from_a_look_and_not_from_a_listing(self):
        self.put("a.zip", b"12345")
        source, path = self.one()
        self.assertEqual(source.stat(path)["digests"], {"md5": hashlib.md5(b"12345").hexdigest()})
        self.assertEqual(self.source("*.zip").list()["objects"][0]["digests"], {})

    def test_one_object_with_its_size_and_time(self):
        self.put("a.zip", b"12345", 1_700_000_123)
        source, path = self.one()
        found = source.stat(path)
        self.assertEqual((found["name"], found["size"], found["modified"]), ("a.zip", 5, 1_700_000_123))
        listed = self.source("*.zip").list()["objects"][0]
        self.assertEqual({**listed, "digests": None}, {**found, "digests": None})

    def test_what_is_wrong_with_credentials_is_said(self):
        self.assertEqual(Driven(self, self.location("a.zip?profile=none"), self.options()).list()["error"], "config")
        self.credentials.chmod(0o644)
        said = self.source("a.zip").list()
        self.assertEqual(said["error"], "config")
        self.assertNotIn(SECRET, said["message"])

    def test_a_bucket_elsewhere(self):
        server = ScriptedHttp(self, lambda *_: answer(301, b"", "x-amz-bucket-region: us-west-7", "Location: http://127.0.0.2/x"))
        said = Driven(self, self.location("a.zip"), {**self.options(), "endpoint": server.url}).list()
        self.assertEqual(said["error"], "protocol")
        self.assertIn("?region=us-west-7", said["message"])


class Listings(unittest.TestCase):
    """Listings that no honest store writes."""

    def test_they_are_refused(self):
        folder = tool.temporary_folder(self)
        entry = "<Contents><Key>a.zip</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>x</ETag><Size>1</Size></Contents>"

        def wrap(inside):
            return f"<ListBucketResult>{inside}</ListBucketResult>"
        bombs = {"an entity bomb": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + wrap(entry.replace("a.zip", "&b;")),
                 "no xml": "hello", "a page": "<html><body>log in</body></html>", "cut off": wrap(entry)[:-10], "nothing": "",
                 "no size": wrap(re.sub("<Size>.*</Size>", "", entry)), "a size that is none": wrap(entry.replace("<Size>1", "<Size>-1")),
                 "a size too large": wrap(entry.replace("<Size>1", "<Size>99999999999999999999")), "no time": wrap(entry.replace("2026", "soon")),
                 "deep": wrap("<a>" * 50 + "</a>" * 50), "long": wrap(f"<Contents><Key>{'x' * 100_000}</Key></Contents>"),
                 "more without a token": wrap(entry + "<IsTruncated>true</IsTruncated>"),
                 "more without end": wrap(entry + "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"),
                 "too many": wrap(entry * 1001), "huge": wrap(" " * 5_000_000)}
        for name, body in bombs.items():
            with self.subTest(name):
                server = ScriptedHttp(self, lambda *_, body=body: answer(200, body, "Content-Type: application/xml"))
                said = Driven(self, "s3://backups/", {"endpoint": server.url, "credentials-file": credentials(folder)}).list()
                self.assertEqual(said.get("error"), "protocol", said)


class S3rverSource(SourceSuite, unittest.TestCase):
    first_byte = False  # it takes bytes=0-0 for bytes=0-
    folders = odd_files = sparse = False

    def setUp(self):
        self.s3 = S3rver()
        self.addCleanup(self.s3.close)
        self.s3.start()

    def put(self, name, content=b"x", moment=1_700_000_000):
        self.s3.put(name, content, moment)

    def location(self, path):
        return f"s3://{self.s3.bucket}/{path}"

    def options(self):
        return {"endpoint": self.s3.endpoint, "credentials-file": credentials(tool.temporary_folder(self), "S3RVER", "S3RVER")}

    def wrong_credentials(self):
        return []

    def test_what_may_not_be_read(self):
        """It has no permissions; the stand-in has."""


class S3rverFaults(FetchFaults, FetchCase):
    def start_store(self):
        self.s3 = S3rver()
        self.addCleanup(self.s3.close)
        self.s3.start()
        self.port = free_port()
        self.relay = BreakingRelay((("127.0.0.1", self.port), ("127.0.0.1", self.s3.port)))
        self.addCleanup(self.relay.close)

    def put_bytes(self, name, content, age):
        self.s3.put(name, content, time.time() - age)

    def remove(self, name):
        self.s3.request("DELETE", name)

    def location(self, path=""):
        return f"s3://{self.s3.bucket}/{path}"

    def options(self):
        return {"endpoint": f"http://127.0.0.1:{self.port}", "credentials-file": credentials(self.folder, "S3RVER", "S3RVER")}


class S3Lies(HttpLies, FetchFaults, FetchCase):
    redirect_status = 1

    def start_store(self):
        self.s3 = S3Store(self, self.store, self.tell)
        self.server = self.s3.server

    def honest(self, request):
        return self.s3.honest(request)

    def is_data(self, request):
        return request.method == "GET" and "range" in request.fields

    def location(self, path=""):
        return f"s3://backups/{path}"

    def options(self):
        return {"endpoint": self.server.url, "credentials-file": credentials(self.folder)}

    def faults(self):
        def of_another(_request, _connection, truth):
            return truth.replace(b'ETag: "', b'ETag: "x')

        return [*super().faults(), self.row("bytes of another version", 7, "still being written", of_another)]


if __name__ == "__main__":
    unittest.main()
