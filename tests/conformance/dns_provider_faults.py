"""What can go wrong between us and a provider's HTTP interface, for every updater that speaks to one. Subclasses give self.url and self.api
(a ProviderServer); an error body of the provider's own is `refusal`, a bytes."""

import threading
import time

from conformance.dns_updater_suite import NEW, OLD, DnsChecks, act
from support.scripted_http import ScriptedHttp, answer

REPLACE = ("replace", OLD, f"{NEW};1:a")


class ProviderFaults(DnsChecks):
    change_method = "POST"

    def is_change(self, request):
        return request.method != "GET"

    def on_change(self, deed):
        """`deed` answers changes; everything else is honest."""
        self.api.fault = lambda request, connection, honest: deed(request, connection, honest) if self.is_change(request) else honest()

    def changes(self):
        return [request for request in self.api.server.asked if self.is_change(request)]

    def unchanged(self):
        self.api.fault = None
        self.assert_holds([OLD])

    def test_nobody_listens(self):
        self.api.server.close()
        for arguments in (("current",), ("prove",), REPLACE):
            result = act(self.url, *arguments, timeout=3.0)
            self.assertIn(result.get("kind"), ("unreachable", "timeout"), result)
            self.assertLess(result["seconds"], 3.6)

    def test_a_server_that_hangs(self):
        release = threading.Event()
        self.addCleanup(release.set)
        self.api.fault = lambda request, connection, honest: release.wait(30) and None
        for arguments in (("current",), ("prove",), REPLACE):
            result = act(self.url, *arguments, timeout=1.0)
            self.assert_error(result, "timeout")
            self.assertLess(result["seconds"], 1.6)

    def test_a_change_whose_answer_is_lost_was_done(self):
        self.on_change(lambda request, connection, honest: honest() and None)
        result = act(self.url, *REPLACE, timeout=10.0)
        self.assertTrue(result["ok"], result)
        self.assertEqual(len(self.changes()), 1)
        self.api.fault = None
        self.assert_holds([NEW], 1, "a")

    def test_a_change_that_was_lost_was_not_done(self):
        self.on_change(lambda request, connection, honest: None)
        result = act(self.url, *REPLACE, timeout=2.0)
        self.assertIn(result.get("kind"), ("unreachable", "protocol"), result)
        self.assertIn("so far nothing has changed", result["message"])
        self.assertEqual(len(self.changes()), 1, "a change is sent once")
        self.unchanged()

    def test_an_error_after_the_change_was_done(self):
        def done_and_failed(_request, _connection, honest):
            honest()
            return answer(500, "oops")
        self.on_change(done_and_failed)
        result = act(self.url, *REPLACE, timeout=10.0)
        self.assertTrue(result["ok"], result)
        self.assertEqual(len(self.changes()), 1)

    def test_a_hanging_change_ends_in_time(self):
        release = threading.Event()
        self.addCleanup(release.set)
        self.on_change(lambda request, connection, honest: release.wait(30) and None)
        result = act(self.url, *REPLACE, timeout=2.0)
        self.assert_error(result, "timeout", "so far nothing has changed")
        self.assertLess(result["seconds"], 2.6)

    def test_a_web_page_instead_of_an_answer(self):
        page = answer(200, "<html><body>Sign in to the hotel's network</body></html>", "Content-Type: text/html")
        self.api.fault = lambda request, connection, honest: page
        for arguments in (("current",), REPLACE):
            self.assert_error(act(self.url, *arguments), "protocol")
        self.unchanged()

    def test_an_answer_without_end(self):
        def endless(_request, connection, _honest):
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
            while True:
                connection.sendall(chunk)
        self.api.fault = endless
        result = act(self.url, "current", timeout=20)
        self.assert_error(result, "protocol", "more than 4.0 MiB")

    def test_credentials_do_not_follow_a_redirection(self):
        other = ScriptedHttp(self, lambda request, _: answer(200, "{}"))
        for status in (301, 302, 307, 308):
            self.api.fault = lambda request, connection, honest, status=status: answer(status, "", f"Location: {other.url}/")
            self.assert_error(act(self.url, "current"), "refused", "redirects")
        self.assertEqual(other.connections, 0)

    def test_a_read_that_fails_for_a_moment_is_tried_again(self):
        failures = [answer(503, "busy"), answer(502, "<html>bad gateway</html>")]
        self.api.fault = lambda request, connection, honest: failures.pop() if failures else honest()
        self.assertTrue(act(self.url, "current", timeout=15)["ok"])

    def test_it_slows_down_when_it_is_told_to(self):
        told = []

        def limited(_request, _connection, honest):
            told.append(time.monotonic())
            return self.slow_down("Retry-After: 1") if len(told) == 1 else honest()
        self.on_change(limited)
        result = act(self.url, *REPLACE, timeout=20)
        self.assertTrue(result["ok"], result)
        self.assertGreaterEqual(told[1] - told[0], 0.9)
        self.assertEqual(len(told), 2)

    def test_a_wait_beyond_the_deadline_ends_at_once(self):
        self.api.fault = lambda request, connection, honest: answer(429, "", "Retry-After: 100")
        result = act(self.url, "current", timeout=5)
        self.assert_error(result, "unreachable", "429", "100 s")
        self.assertLess(result["seconds"], 2.0)

    def slow_down(self, *fields):
        return answer(429, "", *fields)

    def test_an_error_text_steers_no_terminal(self):
        self.api.fault = lambda request, connection, honest: self.hostile("\x1b[2J\nresult: all is well")
        result = act(self.url, "current")
        self.assertFalse(result["ok"])
        self.assertNotIn("\x1b", result["message"])
        self.assertNotIn("\n", result["message"])
        self.assertIn("all is well", result["message"])

    def test_somebody_comes_in_between(self):
        """He writes after our look and before our change (property one-winner)."""
        def first(_request, _connection, honest):
            self.api.zone.sets["_failover.sip.pbx.test", "TXT"] = (60, ['"epoch=9 node=z time=2026-11-23T06:07:00Z"'])
            return honest()
        self.on_change(first)
        result = act(self.url, *REPLACE, timeout=10)
        self.assert_error(result, "conflict")
        self.assertIn("epoch=9", result["message"])

    def test_the_servers_that_the_provider_names_are_asked(self):
        url = self.url.replace("verify=127.0.0.1:", "ns-port=")
        self.assertNotEqual(url, self.url)
        self.assertTrue(act(url, "wait", OLD)["ok"])
        self.assert_error(act(url, "wait", NEW, timeout=1.0), "timeout", "127.0.0.1", "still says")

    def test_a_name_outside_the_zone(self):
        self.assert_error(act(self.url, "current", service="sip.other.test"), "usage", "not in the zone")

    def test_an_alias(self):
        self.api.zone.sets["alias.pbx.test", "CNAME"] = (60, ["sip.pbx.test."])
        self.assert_error(act(self.url, "current", service="alias.pbx.test"), "refused", "CNAME")
