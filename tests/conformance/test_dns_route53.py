"""Amazon Route 53: the suite of every updater and every fault of an HTTP interface, against a stand-in written from its documents that
checks signatures by botocore."""

import unittest

from conformance.dns_provider_faults import REPLACE, ProviderFaults
from conformance.dns_updater_suite import NEW, OLD, DnsChecks, DnsUpdaterSuite, act
from support import route53_api
from support.provider_zone import ProviderZone
from support.route53_api import ZONE_ID, Route53Api
from support.s3_store import ACCESS, REGION, SECRET, TOKEN
from support.tool import temporary_folder


class Route53Test(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        self.zone = ProviderZone(self)
        self.api = Route53Api(self, self.zone)
        self.url = self.make_url()

    def make_url(self, secret=SECRET, zone=ZONE_ID, more=""):
        path = self.folder / "credentials"
        path.write_text(f"[default]\naws_access_key_id = {ACCESS}\naws_secret_access_key = {secret}\n{more}", encoding="ascii")
        path.chmod(0o600)
        return f"route53://{zone}?credentials-file={path}&region={REGION}&endpoint={self.api.url}&verify=127.0.0.1:{self.zone.dns.port}"

    def seen(self):
        return self.zone.seen()


class Route53Suite(Route53Test, DnsUpdaterSuite):
    """A batch is done whole or not at all, and deletes nothing that is not exactly as it says."""


class Route53Faults(Route53Test, ProviderFaults):
    def hostile(self, text):
        return route53_api.refusal(400, "InvalidInput", text.replace("\x1b", "\x7f"))

    def slow_down(self, *fields):
        return route53_api.refusal(400, "Throttling", "Rate exceeded", *fields)


class Route53Answers(Route53Test, DnsChecks):
    """What only Route 53 says."""

    def refused(self, url, kind, *words, reads=False):
        for arguments in (("current",), ("prove",), REPLACE)[1 if reads else 0:]:
            self.assert_error(act(url, *arguments), kind, *words)
        self.url = self.make_url()
        self.assert_holds([OLD])

    def test_a_wrong_secret(self):
        self.refused(self.make_url(secret="wrong"), "permission", "SignatureDoesNotMatch")

    def test_a_session_token_is_signed(self):
        url = self.make_url(more=f"aws_session_token = {TOKEN}\n")
        self.assertTrue(act(url, *REPLACE)["ok"])
        self.assert_holds([NEW], 1, "a")

    def test_reading_is_allowed_and_writing_is_not(self):
        self.api.read_only = True
        self.refused(self.url, "permission", "AccessDenied", "not authorized", reads=True)

    def test_an_unknown_zone(self):
        self.refused(self.make_url(zone="Z000"), "not_found", "NoSuchHostedZone")

    def test_no_credentials(self):
        path = self.folder / "credentials"
        path.chmod(0o644)
        self.assert_error(act(self.url, "view"), "config", "can be read by others")
        path.unlink()
        self.assert_error(act(self.url, "view"), "config", "credentials")

    def test_what_a_routing_policy_chooses_is_not_moved(self):
        self.api.policy = "<SetIdentifier>a</SetIdentifier><Weight>1</Weight>"
        self.assert_error(act(self.url, "current"), "config", "routing policy")

    def test_it_waits_until_all_servers_have_it(self):
        self.api.pending = 2
        self.assertTrue(act(self.url, *REPLACE, timeout=20)["ok"])
        looks = [request for request in self.api.server.asked if "/change/" in request.target]
        self.assertEqual(len(looks), 3)

    def test_another_change_under_way(self):
        answers = [route53_api.refusal(400, "PriorRequestNotComplete", "The request was rejected because Route 53 was still processing a prior request.")]
        self.api.fault = lambda request, connection, honest: answers.pop() if request.method == "POST" and answers else honest()
        self.assertTrue(act(self.url, *REPLACE, timeout=10)["ok"])

    def test_a_change_that_is_wrong_in_itself(self):
        body = route53_api.refusal(400, "InvalidChangeBatch", "[Invalid Resource Record: 'FATAL problem: InvalidCharacterString']")
        self.api.fault = lambda request, connection, honest: body if request.method == "POST" else honest()
        self.assert_error(act(self.url, *REPLACE, timeout=5), "config", "InvalidCharacterString")

    def test_urls(self):
        for url, word in (("route53://Z1/x?credentials-file=x", "route53://ZONEID"), (self.url + "&colour=red", "'colour'"),
                          (self.url.replace(self.api.url, "http://192.0.2.7"), "plain http")):
            self.assert_error(act(url, "view"), "usage", word)


if __name__ == "__main__":
    unittest.main()
