"""Objects of Firebase's emulator, of a stand-in that is as strict as Google's documents, and of a store that lies."""

import base64
import hashlib
import json
import time
import unittest

from conformance.http_lies import HttpLies
from conformance.source_driver import Driven
from conformance.source_faults import FetchFaults
from conformance.source_suite import SourceSuite
from support import tool
from support.breaking_relay import BreakingRelay
from support.certificates import Authority, server_context
from support.fetching import FetchCase
from support.gcs_emulator import GcsEmulator
from support.gcs_store import GcsStore, TokenServer
from support.private_host import PrivateHost
from support.scripted_http import ScriptedHttp, answer
from support.server import free_port


class GsEmulator(SourceSuite, unittest.TestCase):
    folders = odd_files = sparse = keeps_times = False

    @classmethod
    def setUpClass(cls):
        cls.gcs = GcsEmulator()
        cls.addClassCleanup(cls.gcs.close)
        cls.gcs.start()

    def setUp(self):
        # Buckets spring into being: each test has one of its own.
        self.gcs.bucket = f"bucket-{time.monotonic_ns()}"

    def put(self, name, content=b"x", moment=0):
        self.gcs.put(name, content)

    def location(self, path):
        return f"gs://{self.gcs.bucket}/{path}"

    def options(self):
        return {"endpoint": self.gcs.endpoint}

    def wrong_credentials(self):
        return []

    def test_what_may_not_be_read(self):
        """It has no permissions; the stand-in has."""

    def test_every_form_of_an_endpoint(self):
        self.put("a.zip", b"12345")
        for endpoint in (self.gcs.endpoint, "localhost:" + self.gcs.endpoint.split(":")[1], f"http://{self.gcs.endpoint}/",
                         f"http://{self.gcs.endpoint}/storage/v1", f"http://{self.gcs.endpoint}/storage/v1/"):
            self.assertEqual(Driven(self, self.location("a.zip"), {"endpoint": endpoint}).only()["size"], 5, endpoint)


class GsStrict(SourceSuite, unittest.TestCase):
    folders = odd_files = sparse = False

    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.store = self.folder / "store"
        self.store.mkdir()
        self.tokens = TokenServer(self, self.folder)
        self.gcs = GcsStore(self, self.store, allowed=lambda shown: shown in [f"Bearer {token}" for token in self.tokens.good])
        self.account = self.tokens.service_account()

    def location(self, path):
        return f"gs://backups/{path}"

    def options(self):
        return {"endpoint": self.gcs.server.url, "credentials-file": self.account}

    def forbidden(self):
        (self.store / "a.zip").chmod(0)
        return self.source("a.zip")

    def wrong_credentials(self):
        server = {"endpoint": self.gcs.server.url}
        yield "none", server
        yield "a key that was withdrawn", {**server, "credentials-file": self.tokens.service_account(self.tokens.make_key("other.key"), "o.json")}
        yield "a wrong refresh token", {**server, "credentials-file": self.tokens.authorized_user("u.json", refresh_token="no such")}

    def test_digests(self):
        self.put("a.zip", b"123456789")
        expected = {"crc32c": "e3069283", "md5": hashlib.md5(b"123456789").hexdigest()}
        source, path = self.one()
        self.assertEqual(source.stat(path)["digests"], expected)
        self.assertEqual(self.source("").list()["objects"][0]["digests"], expected)

    def test_a_person_who_has_logged_in(self):
        self.put("a.zip", b"12345")
        source = Driven(self, self.location("a.zip"), {**self.options(), "credentials-file": self.tokens.authorized_user()})
        self.assertEqual(source.read(source.only()["path"], 0, 5), b"12345", self.tokens.refusals)

    def test_a_token_is_kept_while_it_is_good(self):
        self.put("a.zip", b"12345")
        source, path = self.one()
        for _ in range(3):
            source.stat(path)
        self.assertEqual(len(self.tokens.good), 1)
        self.tokens.life = 30  # so short that it is as good as over
        source, path = self.one()
        source.stat(path)
        self.assertEqual(len(self.tokens.good), 3)

    def test_a_token_that_is_refused_is_renewed_once(self):
        self.put("a.zip", b"12345" * 100_000)
        source, path = self.one()
        for ask in (lambda: source.stat(path)["size"], lambda: len(source.ranges(path, [(0, 500_000)])), lambda: len(source.read_all(path, 500_000, 65_536))):
            self.tokens.good[:] = [None] * len(self.tokens.good)  # all withdrawn
            self.assertEqual(ask(), 500_000)
        self.gcs.allowed = lambda shown: False
        asked = len(self.gcs.server.asked)
        self.assertEqual(source.stat(path)["error"], "permission")
        self.assertEqual(len(self.gcs.server.asked), asked + 2)

    def test_what_is_wrong_with_credentials_is_said_without_them(self):
        key = self.tokens.key.read_text(encoding="ascii").splitlines()[3]
        cases = {"supported": self.tokens.service_account(name="1.json", type="external_account"), "private_key_id": self.tokens.service_account(
            name="2.json", private_key_id=""), "RSA key": self.tokens.service_account(name="3.json", private_key=key),
            "token_uri": self.tokens.service_account(name="4.json", token_uri="http://192.0.2.1/token"), "JSON": self.folder / "5.json"}
        cases["JSON"].write_text(key, encoding="ascii")
        cases["JSON"].chmod(0o600)
        for words, path in cases.items():
            said = Driven(self, self.location("a.zip"), {**self.options(), "credentials-file": path}).list()
            self.assertEqual(said["error"], "config", said)
            self.assertIn(words, said["message"])
            self.assertNotIn(key, json.dumps(said))

    def test_no_secret_is_said(self):
        self.put("a.zip")
        run = tool.run("fo-fetch", "--list", "-vv", "--json", self.location(""), "--endpoint", self.gcs.server.url, "--credentials-file", self.account,
                       "--state-dir", self.folder / "state")
        self.assertEqual(run.status, 0, run)
        for secret in (*self.tokens.good, self.tokens.key.read_text(encoding="ascii").splitlines()[3]):
            self.assertNotIn(secret, run.stdout + run.stderr)

    def test_credentials_do_not_go_over_the_line_in_plain(self):
        said = Driven(self, self.location("a.zip"), {**self.options(), "endpoint": "http://192.0.2.1:80"}).list()
        self.assertEqual(said["error"], "usage")


class GsMachine(unittest.TestCase):
    """As the virtual machine that we run on: a host whose metadata server is at 169.254.169.254, and Google's name leads to us."""

    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.store = self.folder / "store"
        self.store.mkdir()
        (self.store / "a.zip").write_bytes(b"12345")
        self.host = PrivateHost(self, ["169.254.169.254", "127.0.0.7"], {"storage.googleapis.com": "127.0.0.7"})
        self.authority = Authority(self.folder)
        certificate = self.authority.issue("google", "DNS:storage.googleapis.com")
        self.tokens = TokenServer(self, self.folder)
        self.needed = True
        self.gcs = GcsStore(self, self.store, allowed=lambda shown: not self.needed or shown in [f"Bearer {token}" for token in self.tokens.good],
                            tls=server_context(certificate), listener=self.host.listen("127.0.0.7", 443))

    def look(self):
        # A home of nobody's: there are no application default credentials in it.
        driver = Driven(self, "gs://backups/a.zip", {"ca-file": self.authority.certificate}, [*self.host.wrapper, "unshare", "-m", "sh", "-c",
                        'mount -t tmpfs none "$HOME/.config" 2>/dev/null; exec "$@"', "sh"])
        return driver, driver.list()

    def metadata(self, script):
        return ScriptedHttp(self, script, listener=self.host.listen("169.254.169.254", 80))

    def test_it_is_asked(self):
        def give(request, _):
            if request.fields.get("metadata-flavor") != "Google":
                return answer(403)
            return self.tokens.give() if request.target == "/computeMetadata/v1/instance/service-accounts/default/token" else answer(404)
        self.metadata(give)
        driver, found = self.look()
        self.assertEqual([item["size"] for item in found.get("objects", [])], [5], found)
        self.assertEqual(driver.read("a.zip", 0, 5), b"12345")

    def test_somebody_else_there_is_not_believed(self):
        self.metadata(lambda *_: answer(200, '{"access_token":"x","expires_in":3599}'))
        found = self.look()[1]
        self.assertEqual(found["error"], "permission")
        self.assertIn("not Google's metadata server", found["message"])

    def test_nobody_there_means_a_public_bucket(self):
        self.needed = False
        self.assertEqual(self.look()[1]["objects"][0]["size"], 5)
        self.needed = True
        found = self.look()[1]
        self.assertEqual(found["error"], "permission")
        self.assertIn("without credentials", found["message"])

    def test_a_silent_one_does_not_hold_us(self):
        self.needed = False
        self.metadata(lambda _, connection: connection.recv(1) and None)
        began = time.monotonic()
        self.assertEqual(self.look()[1]["objects"][0]["size"], 5)
        self.assertLess(time.monotonic() - began, 4)


class Answers(unittest.TestCase):
    """Answers that no honest store writes."""

    def test_they_are_refused(self):
        good = {"name": "a.zip", "size": "5", "generation": "1", "timeCreated": "2026-01-01T00:00:00.000Z", "crc32c": base64.b64encode(b"1234").decode()}
        wrong = ["", "[]", "null", "hello", '{"items": 5}', '{"items": [5]}', '{"a": 1}', "<html></html>", "[" * 100_000, '{"items": [' + "{" * 1000]
        wrong += [json.dumps({"items": [{**good, **change}]}) for change in ({"size": 5}, {"size": "-1"}, {"size": "9" * 30}, {"generation": "x y"},
                  {"generation": ""}, {"timeCreated": "soon"}, {"name": ""}, {"name": "a\0b"}, {"name": 7})]
        wrong += [json.dumps({"items": [good], "nextPageToken": "again"}), json.dumps({"items": [good]}) + " " * 5_000_000]
        for body in wrong:
            with self.subTest(body[:60]):
                server = ScriptedHttp(self, lambda *_, body=body: answer(200, body, "Content-Type: application/json"))
                said = Driven(self, "gs://backups/", {"endpoint": server.url}).list()
                self.assertEqual(said.get("error"), "protocol", said)


class GsEmulatorFaults(FetchFaults, FetchCase):
    def start_store(self):
        self.gcs = GcsEmulator()
        self.addCleanup(self.gcs.close)
        self.gcs.start()

    def put_bytes(self, name, content, age):
        self.gcs.put(name, content)

    def remove(self, name):
        self.gcs.remove(name)

    def location(self, path=""):
        return f"gs://{self.gcs.bucket}/{path}"

    def options(self):
        return {"endpoint": self.gcs.endpoint}


class GsFaults(FetchFaults, FetchCase):
    """The line to the stand-in breaks."""

    def start_store(self):
        self.gcs = GcsStore(self, self.store)
        self.port = free_port()
        self.relay = BreakingRelay((("127.0.0.1", self.port), ("127.0.0.1", self.gcs.server.port)))
        self.addCleanup(self.relay.close)

    def location(self, path=""):
        return f"gs://backups/{path}"

    def options(self):
        return {"endpoint": f"127.0.0.1:{self.port}"}


class GsLies(HttpLies, FetchFaults, FetchCase):
    redirect_status = 1

    def start_store(self):
        self.gcs = GcsStore(self, self.store, self.tell)
        self.server = self.gcs.server

    def honest(self, request):
        return self.gcs.honest(request)

    def is_data(self, request):
        return "alt=media" in request.target

    def location(self, path=""):
        return f"gs://backups/{path}"

    def options(self):
        return {"endpoint": self.server.url}

    def faults(self):
        def of_another(_request, _connection, truth):
            return truth.replace(b"X-Goog-Generation: ", b"X-Goog-Generation: 1")

        return [*super().faults(), self.row("bytes of another generation", 7, "still being written", of_another)]


if __name__ == "__main__":
    unittest.main()
