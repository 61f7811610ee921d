"""What every notifier must do, and each kind's own: a program, a webhook, a mail by sendmail."""

import email
import email.policy
import json
import subprocess
import time
import unittest

from support import tool
from support.certificates import Authority, server_context
from support.scripted_http import ScriptedHttp, answer

HOSTILE = "unfinished\r\nBcc: thief@example.org\r\n\r\n.\r\n<script>\x1b[2J\u00e4" + "\u20ac" * 1200


class NotifierCase(unittest.TestCase):
    def setUp(self):
        self.dir = tool.temporary_folder(self)

    def program(self, name, body):
        path = self.dir / name
        path.write_text("#!/bin/sh\n" + body, encoding="utf-8")
        path.chmod(0o700)
        return path

    def send(self, spec, message="the fence device is dead", seconds=5):
        """(answer, seconds it took)"""
        begun = time.monotonic()
        done = subprocess.run([str(tool.path("conformance_notifier")), spec, message, str(seconds)], capture_output=True,
                              text=True, check=False, timeout=60, env=tool.environment())
        return json.loads(done.stdout), time.monotonic() - begun

    def assert_failed(self, spec, kind, words="", seconds=5):
        said, took = self.send(spec, seconds=seconds)
        self.assertEqual(said.get("error"), kind, said)
        self.assertIn(words, said["message"])
        return said, took


class _Suite:
    """For each kind: `working()` gives a spec and a function that returns what arrived as text, `hanging()` and
    `failing()` a spec, `flooding()` one whose other side pours out bytes."""

    def test_it_arrives_whole(self):
        spec, arrived = self.working()
        said, _ = self.send(spec)
        self.assertTrue(said.get("ok"), said)
        text = arrived()
        for part in ("pbx.example", "unfinished", "the fence device is dead", "fo-promote resume", "the backup is old", "7"):
            self.assertIn(part, text)

    def test_hostile_text_arrives_and_forges_nothing(self):
        spec, arrived = self.working()
        said, _ = self.send(spec, HOSTILE)
        self.assertTrue(said.get("ok"), said)
        self.assertIn("thief@example.org", arrived())
        self.check_hostile()

    def test_one_that_hangs_costs_its_time_and_no_more(self):
        _, took = self.assert_failed(self.hanging(), "timeout", seconds=1)
        self.assertLess(took, 4)

    def test_one_that_fails_is_a_failure(self):
        said, _ = self.send(self.failing())
        self.assertIn(said.get("error"), ("io", "unreachable"), said)

    def test_a_flood_ends(self):
        _, took = self.send(self.flooding(), seconds=2)
        self.assertLess(took, 6)


class Program(_Suite, NotifierCase):
    def working(self):
        program = self.program("notify", f"cat > {self.dir}/got; env | sort > {self.dir}/environment\n")
        return f"exec://{program}", (self.dir / "got").read_text

    def check_hostile(self):
        got = json.loads((self.dir / "got").read_text())
        self.assertEqual(got["message"], HOSTILE)
        self.assertNotIn("\n", got["text"])
        names = [line.split("=")[0] for line in (self.dir / "environment").read_text().splitlines()]
        self.assertEqual([each for each in names if each.startswith("FO_")],
                         [f"FO_NOTIFY_{each}" for each in ("EPOCH", "EVENT", "MESSAGE", "NEXT", "NODE", "SERVICE", "SERVING", "STEP")])
        self.assertNotIn("Bcc", names)

    def hanging(self):
        return f"exec://{self.program('hang', 'sleep 60')}"

    def failing(self):
        return f"exec://{self.program('fail', 'exit 3')}"

    def flooding(self):
        return f"exec://{self.program('flood', 'yes')}"

    def test_one_that_reads_nothing_is_told_all_the_same(self):
        self.assertTrue(self.send(f"exec://{self.program('deaf', 'exit 0')}", "x" * 100000)[0].get("ok"))

    def test_one_that_is_not_there_is_found_out_when_it_is_needed(self):
        self.assert_failed("exec:///no/such/notifier", "not_found")
        for spec in ("exec://notify", "exec:///", "exec:///x?y=z", "carrier-pigeon:x"):
            self.assert_failed(spec, "usage")


class Webhook(_Suite, NotifierCase):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.dir)
        self.tls = server_context(self.authority.issue("server"))

    def server(self, script, tls=True):
        return ScriptedHttp(self, script, self.tls if tls else None)

    def spec(self, server, rest="", path="/hook"):
        return f"webhook+{server.url}{path}?ca-file={self.authority.certificate}{rest}"

    def working(self):
        self.got = self.server(lambda request, connection: answer(200))
        return self.spec(self.got), lambda: self.got.asked[0].body.decode()

    def check_hostile(self):
        request = self.got.asked[0]
        self.assertEqual((request.method, request.target, request.fields["content-type"]), ("POST", "/hook", "application/json"))
        self.assertEqual(json.loads(request.body)["message"], HOSTILE)

    def hanging(self):
        return self.spec(self.server(lambda request, connection: time.sleep(10)))

    def failing(self):
        return self.spec(self.server(lambda request, connection: answer(500, b"no")))

    def flooding(self):
        def pour(request, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
            while True:
                connection.sendall(b"x" * 65536)
        return self.spec(self.server(pour))

    def test_a_flood_of_header_fields_ends(self):
        def pour(request, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X: " + b"y" * 4096 + b"\r\n")
        self.assert_failed(self.spec(self.server(pour)), "protocol")

    def token(self, text="tell-nobody", mode=0o600):
        path = self.dir / "token"
        path.write_text(text + "\n", encoding="ascii")
        path.chmod(mode)
        return path

    def test_the_token_goes_along_and_into_no_message(self):
        server = self.server(lambda request, connection: answer(403))
        said, _ = self.assert_failed(self.spec(server, f"&token-file={self.token()}"), "permission")
        self.assertEqual(server.asked[0].fields["authorization"], "Bearer tell-nobody")
        self.assertNotIn("tell-nobody", json.dumps(said))
        self.token(mode=0o644)
        self.assert_failed(self.spec(server, f"&token-file={self.dir}/token"), "config")

    def test_a_redirection_is_not_followed(self):
        elsewhere = self.server(lambda request, connection: answer(200))
        for status in (301, 302, 303, 307, 308):
            server = self.server(lambda request, connection, status=status: answer(status, b"", f"Location: {elsewhere.url}/"))
            self.assert_failed(self.spec(server, f"&token-file={self.token()}"), "refused", "redirects")
        self.assertEqual(elsewhere.asked, [])

    def test_a_path_that_is_a_secret_comes_from_a_file(self):
        server = self.server(lambda request, connection: answer(500))
        secret = self.token("/services/T0/B0/secret")
        said, _ = self.assert_failed(self.spec(server, f"&path-file={secret}", path=""), "unreachable")
        self.assertEqual(server.asked[0].target, "/services/T0/B0/secret")
        self.assertNotIn("B0", json.dumps(said))
        self.assert_failed(self.spec(server, f"&path-file={self.token('no/slash')}", path=""), "config")
        self.assert_failed(self.spec(server, f"&path-file={secret}"), "usage")

    def test_another_certificate_gets_nothing(self):
        server = self.server(lambda request, connection: answer(200))
        self.assert_failed(f"webhook+{server.url}/hook", "refused")
        self.assertEqual(server.asked, [])

    def test_plain_http_only_to_this_host(self):
        server = self.server(lambda request, connection: answer(204), tls=False)
        self.assertTrue(self.send(f"webhook+{server.url}/hook")[0].get("ok"))
        for spec in ("webhook+http://192.0.2.1/x", "webhook+https://user@192.0.2.1/x", "webhook+ftp://192.0.2.1/x",
                     "webhook+https://192.0.2.1/x?nonsense=1", "webhook+https://192.0.2.1/x?token-file="):
            self.assert_failed(spec, "usage")


class Mail(_Suite, NotifierCase):
    def spec(self, program, rest=""):
        return f"mail:admin@example.org?sendmail={program}{rest}"

    def working(self):
        program = self.program("sendmail", f'cat > {self.dir}/got; echo "$@" > {self.dir}/arguments\n')
        return self.spec(program, "&from=pbx@example.org"), lambda: self.message().get_content()

    def message(self):
        return email.message_from_bytes((self.dir / "got").read_bytes(), policy=email.policy.default)

    def check_hostile(self):
        message = self.message()
        self.assertEqual(sorted(message.keys()), ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "From",
                                                  "MIME-Version", "Subject", "To"])
        self.assertEqual((message["To"], message["From"]), ("admin@example.org", "pbx@example.org"))
        self.assertEqual((self.dir / "arguments").read_text(), "-t -i\n")
        lines = (self.dir / "got").read_bytes().split(b"\n")
        self.assertLess(max(map(len, lines)), 998)
        for line in lines:
            line.decode()
        self.assertNotIn(b".", lines)

    def hanging(self):
        return self.spec(self.program("hang", "sleep 60"))

    def failing(self):
        return self.spec(self.program("fail", "exit 75"))

    def flooding(self):
        return self.spec(self.program("flood", "yes"))

    def test_what_is_not_one_plain_address_is_refused(self):
        for to in ("", "a b@x", "a@x,b@y", "a@x%0aBcc:b@y", "-oQ/tmp@x", "a@-x", "a@@x", "a@x\nBcc: b@y", "<a@x>", "a@x;b"):
            self.assert_failed(f"mail:{to}", "usage")
        for rest in ("from=a@x%0d%0aBcc:%20b@y", "from=a@x,b@y", "sendmail=relative", "cc=a@x"):
            self.assert_failed(f"mail:root?{rest}", "usage")


if __name__ == "__main__":
    unittest.main()
