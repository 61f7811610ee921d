"""Files of a real nginx over TLS as a source, and a server that lies."""

import email.utils
import hashlib
import os
import unittest

from conformance.http_lies import HttpLies, slices
from conformance.source_driver import Driven
from conformance.source_faults import FetchFaults
from conformance.source_suite import SourceSuite
from support import tool
from support.breaking_relay import BreakingRelay
from support.certificates import Authority, server_context
from support.fetching import FetchCase
from support.scripted_http import ScriptedHttp, answer
from support.server import free_port
from support.web_store import WebStore


class HttpsSource(SourceSuite, unittest.TestCase):
    door = "store"

    def setUp(self):
        self.web = WebStore()
        self.addCleanup(self.web.close)
        self.web.start()
        self.store = self.web.store

    def location(self, path):
        return self.web.url(path, self.door)

    def options(self):
        return {"ca-file": self.web.authority.certificate}

    def forbidden(self):
        if os.geteuid() == 0:
            (self.store / "a.zip").chmod(0)
            return self.source("a.zip")
        return Driven(self, self.web.url("a.zip", "certificate"), self.options())

    def wrong_credentials(self):
        known = self.options()
        wrong = tool.temporary_folder(self) / "wrong"
        wrong.write_text("no such\n", encoding="ascii")
        wrong.chmod(0o600)
        for door, options in (("bearer", {}), ("bearer", {"credentials-file": wrong}), ("basic", {}),
                              ("basic", {"username": self.web.user, "password-file": wrong}),
                              ("basic", {"username": "somebody", "password-file": self.web.password_file}), ("certificate", {})):
            self.door = door
            yield f"{door} {options}", {**known, **options}
        self.door = "store"
        yield "an authority that we do not know", {}

    def test_every_way_to_be_let_in(self):
        self.put("a.zip", b"12345")
        for door, options in (("bearer", {"credentials-file": self.web.token_file}), ("certificate", {"identity-file": self.web.client}),
                              ("basic", {"username": self.web.user, "password-file": self.web.password_file})):
            with self.subTest(door):
                source = Driven(self, self.web.url("", door), {**self.options(), **options})
                path = source.only()["path"]
                self.assertEqual(source.read(path, 0, 10), b"12345")
                self.assertEqual(source.parallel(path, 3), b"12345")

    def test_credentials_that_others_may_read_are_refused(self):
        self.web.token_file.chmod(0o640)
        source = Driven(self, self.web.url("a.zip", "bearer"), {**self.options(), "credentials-file": self.web.token_file})
        self.assertEqual(source.list()["error"], "config")

    def test_a_folder_whose_index_is_a_page(self):
        self.put("a.zip")
        answer_ = Driven(self, self.web.url("", "pages"), self.options()).list()
        self.assertEqual(answer_["error"], "usage")
        self.assertIn("autoindex_format json", answer_["message"])

    def test_many_ranges_are_few_requests(self):
        content = os.urandom(1_000_000)
        self.put("a.zip", content)
        pairs = [(begin, 100) for begin in range(0, 900_000, 9000)]
        expected = b"".join(content[begin:begin + 100] for begin, _ in pairs)
        for door, most in (("store", 3), ("single", 105), ("whole", None)):
            source = Driven(self, self.web.url("a.zip", door), self.options())
            path = source.only()["path"]
            before = self.requests()
            got = source.ranges(path, pairs)
            if most is None:
                self.assertEqual(got["error"], "protocol")
            else:
                self.assertEqual(got, expected)
                self.assertLessEqual(self.requests() - before, most)

    def test_reading_onwards_is_one_request(self):
        content = os.urandom(6_000_000)
        self.put("a.zip", content)
        source, path = self.one()
        before = self.requests()
        self.assertEqual(source.read_all(path, len(content), 100_000), content)
        self.assertLessEqual(self.requests() - before, 2)

    def requests(self):
        return (self.web.dir / "access.log").read_text().count('"GET ')

    def test_redirections(self):
        self.put("a.zip", b"12345")
        source = Driven(self, self.web.url("a.zip", "moved"), self.options())
        self.assertEqual(source.read(source.only()["path"], 0, 5), b"12345")
        got = Driven(self, self.web.url("a.zip", "elsewhere"), self.options()).list()
        self.assertEqual(got["error"], "refused")
        self.assertIn("127.0.0.2", got["message"])
        self.assertNotIn("hidden", got["message"])


class HttpsFaults(FetchFaults, FetchCase):
    def start_store(self):
        self.web = WebStore()
        self.addCleanup(self.web.close)
        self.web.start()
        self.store = self.web.store
        self.port = free_port()
        self.relay = BreakingRelay((("127.0.0.1", self.port), ("127.0.0.1", self.web.port)))
        self.addCleanup(self.relay.close)

    def location(self, path=""):
        return self.web.url(path).replace(f":{self.web.port}/", f":{self.port}/")

    def options(self):
        return {"ca-file": self.web.authority.certificate}


class HttpsLies(HttpLies, FetchFaults, FetchCase):
    def start_store(self):
        self.authority = Authority(self.folder)
        self.server = ScriptedHttp(self, self.tell, server_context(self.authority.issue("store")))

    def location(self, path=""):
        return f"{self.server.url}/{path}"

    def options(self):
        return {"ca-file": self.authority.certificate}

    def is_data(self, request):
        return request.method == "GET" and "range" in request.fields

    def honest(self, request):
        path = self.store / request.target[1:]
        if not path.is_file():
            return answer(404)
        content = path.read_bytes()
        fields = [f'ETag: "{hashlib.md5(content).hexdigest()}"', f"Last-Modified: {email.utils.formatdate(path.stat().st_mtime, usegmt=True)}",
                  "Content-Type: application/zip"]
        if request.method == "HEAD":
            return answer(200, b"", *fields, length=len(content))
        if request.fields.get("if-match") != fields[0][6:]:
            return answer(412 if "if-match" in request.fields else 428)  # bytes are asked for with a precondition or not at all
        status, body, place = slices(content, request)
        return answer(status, body, *fields, *([place] if place else []))

    def faults(self):
        def of_another(_request, _connection, truth):
            return truth.replace(b'ETag: "', b'ETag: "x')

        # Whoever does not heed If-Match is found out by what he says of the bytes he sends.
        return [*super().faults(), self.row("bytes of another version", 7, "still being written", of_another)]


if __name__ == "__main__":
    unittest.main()
