"""The HTTP client against servers that do not behave."""

import socket
import struct
import unittest

from support import tool
from support.certificates import Authority, server_context
from support.driven import Driven
from support.scripted_http import ScriptedHttp, answer

STALL_MS = 700


class HttpClient(unittest.TestCase):
    def client(self, *arguments):
        return Driven(self, "conformance_http_client", STALL_MS, *arguments)

    def asked(self, script, path="/", **request):
        self.server = ScriptedHttp(self, script)
        return self.client().ask({"url": self.server.url + path, **request})

    def test_an_answer_with_its_fields_and_body(self):
        got = self.asked(lambda request, _: answer(200, request.target + request.fields["host"], "X-One: 1"), "/a%2Fb/../c?d=%23")
        self.assertEqual((got["status"], got["fields"]["X-One"]), (200, "1"))
        self.assertEqual(got["body"], f"/a%2Fb/../c?d=%23127.0.0.1:{self.server.port}")

    def test_a_connection_is_kept_and_a_dead_one_is_replaced(self):
        server = ScriptedHttp(self, lambda request, _: answer(200, "x"))
        client = self.client()
        for _ in range(5):
            self.assertEqual(client.ask({"url": server.url})["status"], 200)
        self.assertEqual(server.connections, 1)
        closing = ScriptedHttp(self, lambda request, connection: connection.sendall(answer(200, "y")))
        for _ in range(3):
            self.assertEqual(client.ask({"url": closing.url})["body"], "y")

    def test_post_sends_body_and_fields(self):
        got = self.asked(lambda request, _: answer(200, f"{request.method} {request.fields['content-type']} {request.body.decode()}"),
                         method="POST", body='{"a":1}', fields={"Content-Type": "application/json"})
        self.assertEqual(got["body"], 'POST application/json {"a":1}')
        self.assertNotIn("expect", self.server.asked[0].fields)

    def test_head_waits_for_no_body(self):
        got = self.asked(lambda request, _: answer(200, b"", length=5_000_000), method="HEAD")
        self.assertEqual((got["status"], got["fields"]["Content-Length"], got["body"]), (200, "5000000", ""))
        self.assertLess(got["seconds"], 0.5)

    def test_a_status_is_an_answer(self):
        for status in (204, 401, 404, 503):
            self.assertEqual(self.asked(lambda request, _, status=status: answer(status, b""))["status"], status)

    def test_nobody_there(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        got = self.client().ask({"url": f"http://127.0.0.1:{port}/"})
        self.assertEqual(got["error"], "unreachable")
        self.assertIn("refused", got["message"])

    def test_silence_ends_by_the_stall_time_out_and_by_the_deadline(self):
        def silent(_, connection):
            connection.recv(1)
        got = self.asked(silent)
        self.assertEqual(got["error"], "timeout")
        self.assertIn("silent", got["message"])
        self.assertAlmostEqual(got["seconds"], STALL_MS / 1000, delta=0.25)
        got = self.asked(silent, timeout_ms=200)
        self.assertEqual(got["error"], "timeout")
        self.assertLess(got["seconds"], 0.35)

    def test_bytes_now_and_then_are_no_silence_but_the_deadline_holds(self):
        def trickle(_, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            connection.settimeout(0.1)
            for _ in range(100):
                connection.sendall(b"x")
                try:
                    if not connection.recv(1):
                        return
                except TimeoutError:
                    pass
        got = self.asked(trickle, timeout_ms=1500)
        self.assertEqual(got["error"], "timeout")
        self.assertAlmostEqual(got["seconds"], 1.5, delta=0.15)

    def test_a_body_without_end_meets_its_limit(self):
        def endless(_, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        got = self.asked(endless, limit=300_000)
        self.assertEqual(got["error"], "protocol")
        self.assertIn("more than", got["message"])

    def test_headers_without_end_meet_their_limit(self):
        def endless(_, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X-Field: " + b"y" * 1000 + b"\r\n")
        self.assertEqual(self.asked(endless)["error"], "protocol")

    def test_a_body_shorter_than_announced(self):
        got = self.asked(lambda _, connection: connection.sendall(answer(200, b"short", length=100)))
        self.assertEqual(got["error"], "unreachable")

    def test_a_reset_in_the_middle(self):
        def reset(_, connection):
            connection.sendall(answer(200, b"x" * 1000, length=100_000))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        self.assertEqual(self.asked(reset)["error"], "unreachable")

    def test_what_is_no_http(self):
        for bytes_sent in (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"HTTP/1.1 2xx OK\r\n\r\n", b"\0\0\0\0\r\n\r\n", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"):
            got = self.asked(lambda _, connection, data=bytes_sent: connection.sendall(data))
            self.assertIn(got.get("error"), ("protocol", "unreachable"), bytes_sent)

    def test_retry_after_is_waited_for(self):
        answers = [answer(503, b"", "Retry-After: 1"), answer(200, "now")]
        server = ScriptedHttp(self, lambda request, _: answers.pop(0))
        client = self.client()
        self.assertEqual(client.ask({"url": server.url})["status"], 503)
        got = client.ask({"url": server.url})
        self.assertEqual(got["body"], "now")
        self.assertGreater(got["seconds"], 0.9)

    def test_a_line_break_in_a_field_is_refused(self):
        got = self.asked(lambda request, _: answer(200), fields={"X-A": "1\r\nX-B: 2"})
        self.assertEqual(got["error"], "usage")
        got = self.asked(lambda request, _: answer(200), secret="token\nX-B: 2")
        self.assertEqual(got["error"], "config")
        self.assertNotIn("token", got["message"])


class Redirections(unittest.TestCase):
    """Credentials go to the origin they were given for, and to no other."""

    def setUp(self):
        self.elsewhere = ScriptedHttp(self, lambda request, _: answer(200, "stolen"), address="127.0.0.2")

    def followed(self, location, **request):
        def script(asked, _):
            return answer(302, b"", f"Location: {location}") if asked.target == "/from" else answer(200, asked.target)
        self.server = ScriptedHttp(self, script)
        client = Driven(self, "conformance_http_client", STALL_MS)
        return client.ask({"url": self.server.url + "/from", "secret": "Bearer very-secret", "follow": True, **request})

    def test_within_the_same_origin(self):
        self.assertEqual(self.followed("/to?a=b")["body"], "/to?a=b")
        self.assertEqual(self.server.asked[-1].fields["authorization"], "Bearer very-secret")
        self.assertEqual(self.followed("sub/to")["body"], "/sub/to")

    def test_never_elsewhere(self):
        for location in (f"{self.elsewhere.url}/x?token=1", f"//127.0.0.2:{self.elsewhere.port}/x", "https://127.0.0.1/x", "ftp://127.0.0.1/x",
                         "file:///etc/passwd"):
            got = self.followed(location)
            self.assertIn(got.get("error"), ("refused", "protocol"), location)
            self.assertNotIn("very-secret", got["message"])
            self.assertNotIn("token=1", got["message"])
        self.assertIn("127.0.0.2", self.followed(f"{self.elsewhere.url}/x")["message"])
        self.assertEqual(self.elsewhere.asked, [])
        self.assertEqual(self.elsewhere.connections, 0)

    def test_not_round_and_round(self):
        got = self.followed("/from")
        self.assertEqual(got["error"], "protocol")
        self.assertEqual(len(self.server.asked), 6)

    def test_only_where_asked_to(self):
        self.assertEqual(self.followed("/to", follow=False)["status"], 302)
        self.assertEqual(self.followed("/to", method="POST", body="x")["error"], "protocol")


class Certificates(unittest.TestCase):
    """A peer that does not prove who it is gets no request, and so no credential."""

    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.authority = Authority(self.folder)

    def serve(self, certificate, client_authority=None):
        return ScriptedHttp(self, lambda request, _: answer(200, "good"), tls=server_context(certificate, client_authority))

    def ask(self, server, *arguments):
        return Driven(self, "conformance_http_client", STALL_MS, *arguments).ask({"url": server.url, "secret": "Bearer very-secret"})

    def test_a_good_one(self):
        self.assertEqual(self.ask(self.serve(self.authority.issue("store")), self.authority.certificate)["body"], "good")

    def test_an_unknown_authority_and_a_foreign_name(self):
        server = self.serve(self.authority.issue("store"))
        got = self.ask(server)
        self.assertEqual(got["error"], "refused")
        self.assertIn("--ca-file", got["message"])
        (self.folder / "other").mkdir()
        self.assertEqual(self.ask(server, Authority(self.folder / "other").certificate)["error"], "refused")
        self.assertEqual(server.asked, [])
        server = self.serve(self.authority.issue("elsewhere", "DNS:elsewhere.example,IP:127.0.0.9"))
        self.assertEqual(self.ask(server, self.authority.certificate)["error"], "refused")
        self.assertEqual(server.asked, [])

    def test_a_file_without_an_authority(self):
        server = self.serve(self.authority.issue("store"))
        (self.folder / "empty.pem").write_text("nothing\n", encoding="ascii")
        for name in ("empty.pem", "missing.pem"):
            self.assertEqual(self.ask(server, self.folder / name)["error"], "config")

    def test_our_own_certificate(self):
        server = self.serve(self.authority.issue("store"), self.authority.certificate)
        client = self.authority.issue("client", "DNS:client.example")
        self.assertEqual(self.ask(server, self.authority.certificate, client)["body"], "good")
        self.assertIn(self.ask(server, self.authority.certificate)["error"], ("unreachable", "permission"))
        (self.folder / "bad.pem").write_text("nothing\n", encoding="ascii")
        (self.folder / "bad.pem").chmod(0o600)
        self.assertEqual(self.ask(server, self.authority.certificate, self.folder / "bad.pem")["error"], "config")


if __name__ == "__main__":
    unittest.main()
