"""PowerDNS's HTTP API, against a real pdns_server: the suite of every updater, and every fault of an HTTP interface by a relay of requests
in front of it."""

import json
import subprocess
import unittest
import urllib.error
import urllib.request

from conformance.dns_provider_faults import REPLACE, ProviderFaults
from conformance.dns_updater_suite import EPOCH_RECORD, NEW, OLD, SERVICE, DnsChecks, DnsUpdaterSuite, act
from support.powerdns_api import KEY, ZONE, PowerDnsApi
from support.scripted_http import ScriptedHttp, answer


def dig(server, name, kind):
    done = subprocess.run(["dig", "+short", "+tcp", "+norecurse", "-p", str(server.port), f"@{server.address}", name, kind],
                          capture_output=True, text=True, check=True, timeout=20)
    return sorted(done.stdout.split())


class PowerdnsTest(unittest.TestCase):
    def setUp(self):
        self.primary = PowerDnsApi(OLD)
        self.addCleanup(self.primary.close)
        self.primary.start()
        self.url = self.primary.url(verify=f"127.0.0.1:{self.primary.port}")

    def seen(self):
        return dig(self.primary, SERVICE, "A") + dig(self.primary, SERVICE, "AAAA")


class PowerdnsSuite(PowerdnsTest, DnsUpdaterSuite):
    """The API does not compare: the last of many wins, and those before it are told."""

    swap = "checked"
    racers = 20
    one_wins = False


class Relay:
    """Passes requests on to PowerDNS; a `fault` may be put before it."""

    def __init__(self, test, primary):
        self.fault = None
        self.primary = primary
        self.server = ScriptedHttp(test, self._serve)
        self.zone = self

    def _serve(self, request, connection):
        def honest():
            return self._pass_on(request)
        return self.fault(request, connection, honest) if self.fault else honest()

    def _pass_on(self, request):
        there = urllib.request.Request(f"http://127.0.0.1:{self.primary.api_port}{request.target}", method=request.method, data=request.body or None,
                                       headers={"X-API-Key": request.fields["x-api-key"], "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(there, timeout=10) as reply:
                return answer(reply.status, reply.read()) if reply.status != 204 else b"HTTP/1.1 204 No Content\r\n\r\n"
        except urllib.error.HTTPError as error:
            return answer(error.code, error.read())


class PowerdnsFaults(PowerdnsTest, ProviderFaults):
    def setUp(self):
        super().setUp()
        self.api = Relay(self, self.primary)
        self.url = self.url.replace(f":{self.primary.api_port}/", f":{self.api.server.port}/")

    def hostile(self, text):
        return answer(422, '{"error": "' + text.replace("\x1b", "\\u001b").replace("\n", "\\n") + '"}')

    def test_somebody_comes_in_between(self):
        """He writes after our change, having looked before it: told, though not prevented."""
        seen = []

        def later(request, _connection, honest):
            if self.is_change(request) or seen:
                seen.append(request)
            if len(seen) == 4:
                self.primary.replace(self.primary.rrset(SERVICE, "A", "192.0.2.9"))
            return honest()
        self.api.fault = later
        self.assert_error(act(self.url, *REPLACE, timeout=10), "conflict", "by somebody else at the same time", "192.0.2.9")

    def test_an_alias(self):
        self.primary.replace(self.primary.rrset("alias.pbx.test", "CNAME", "sip.pbx.test."))
        self.assert_error(act(self.url, "current", service="alias.pbx.test"), "refused", "CNAME")


class PowerdnsAnswers(PowerdnsTest, DnsChecks):
    def test_a_wrong_key(self):
        url = self.primary.url(key="wrong")
        for arguments in (("current",), ("prove",), REPLACE):
            self.assert_error(act(url, *arguments), "permission", "credentials")
        self.url = self.primary.url(key=KEY)
        self.assert_holds([OLD])

    def test_a_key_that_others_may_read(self):
        (self.primary.dir / "api.key").chmod(0o640)
        self.assert_error(act(self.url, "view"), "config", "can be read by others")

    def test_an_unknown_zone(self):
        url = self.primary.url(zone="other.test")
        for arguments in (("current",), ("prove",), REPLACE):
            self.assert_error(act(url, *arguments, service="sip.other.test", epoch_record="_failover.sip.other.test"), "not_found")

    def test_the_question_for_the_right_to_write_changes_nothing(self):
        before = self.primary.call("GET", f"/zones/{ZONE}.")
        self.assertTrue(act(self.url, "prove")["ok"])
        self.assertEqual(self.primary.call("GET", f"/zones/{ZONE}."), before)

    def test_other_records_of_the_name_stay(self):
        self.primary.replace(self.primary.rrset(SERVICE, "TXT", '"v=spf1 -all"'), self.primary.rrset(SERVICE, "MX", "10 mail.pbx.test."))
        self.assertTrue(act(self.url, *REPLACE)["ok"])
        self.assert_holds([NEW], 1, "a")
        self.assertEqual(dig(self.primary, SERVICE, "MX"), ["10", "mail.pbx.test."])
        self.assertEqual(dig(self.primary, EPOCH_RECORD, "TXT"), ['"epoch=1', 'node=a', 'time=2026-11-23T06:07:00Z"'])

    def test_a_disabled_record_is_not_shown_and_goes_with_the_change(self):
        """PowerDNS 4.7 leaves it out of what it says of one name."""
        one = self.primary.rrset(SERVICE, "A", OLD, "192.0.2.9")
        one["records"][1]["disabled"] = True
        self.primary.replace(one)
        self.assert_holds([OLD])
        self.assertTrue(act(self.url, *REPLACE)["ok"])
        self.assert_holds([NEW], 1, "a")
        sets = self.primary.call("GET", f"/zones/{ZONE}.")["rrsets"]
        self.assertEqual([one["records"] for one in sets if (one["name"], one["type"]) == (SERVICE + ".", "A")],
                         [[{"content": NEW, "disabled": False}]])

    def test_an_answer_with_a_disabled_record(self):
        """Whatever version shows one: it is not overwritten unseen."""
        one = self.primary.rrset(SERVICE, "A", OLD, NEW)
        one["records"][1]["disabled"] = True
        api = ScriptedHttp(self, lambda _request, _connection: answer(200, json.dumps({"rrsets": [one]})))
        url = self.url.replace(f":{self.primary.api_port}/", f":{api.port}/")
        self.assert_error(act(url, "current"), "config", "disabled")

    def test_urls(self):
        for url, word in ((f"powerdns+http://127.0.0.1/{ZONE}", "key-file"), ("powerdns+http://127.0.0.1/?key-file=x", "powerdns+https://HOST/ZONE"),
                          (self.url + "&colour=red", "'colour'"), (self.url + "&ttl=0", "ttl=0")):
            self.assert_error(act(url, "view"), "usage", word)


if __name__ == "__main__":
    unittest.main()
