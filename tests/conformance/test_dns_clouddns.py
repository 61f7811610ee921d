"""Google Cloud DNS: the suite of every updater and every fault of an HTTP interface, against a stand-in written from its documents; PyJWT
checks what the service account shows."""

import unittest

from conformance.dns_provider_faults import REPLACE, ProviderFaults
from conformance.dns_updater_suite import NEW, OLD, DnsChecks, DnsUpdaterSuite, act
from support import clouddns_api
from support.clouddns_api import PROJECT, SCOPE, ZONE_NAME, ClouddnsApi
from support.gcs_store import TokenServer
from support.provider_zone import ProviderZone
from support.tool import temporary_folder


class ClouddnsTest(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        self.zone = ProviderZone(self)
        self.tokens = TokenServer(self, self.folder, scope=SCOPE)
        self.api = ClouddnsApi(self, self.zone, self.tokens)
        self.url = self.make_url()

    def make_url(self, file=None, zone=ZONE_NAME):
        file = file or self.tokens.service_account()
        return f"clouddns://{PROJECT}/{zone}?credentials-file={file}&endpoint={self.api.url}&verify=127.0.0.1:{self.zone.dns.port}"

    def seen(self):
        return self.zone.seen()


class ClouddnsSuite(ClouddnsTest, DnsUpdaterSuite):
    """Deletions must be exactly what is there."""


class ClouddnsFaults(ClouddnsTest, ProviderFaults):
    def hostile(self, text):
        return clouddns_api.refusal(400, "invalid", text)

    def slow_down(self, *fields):
        return clouddns_api.refusal(403, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries'", *fields)


class ClouddnsAnswers(ClouddnsTest, DnsChecks):
    """What only Cloud DNS says."""

    def test_a_key_that_is_not_the_accounts(self):
        url = self.make_url(self.tokens.service_account(key=self.tokens.make_key("other.key"), name="other.json"))
        for arguments in (("current",), ("prove",), REPLACE):
            self.assert_error(act(url, *arguments), "permission", "invalid_grant")
        self.assert_holds([OLD])

    def test_a_person_who_has_logged_in(self):
        self.assertTrue(act(self.make_url(self.tokens.authorized_user()), *REPLACE)["ok"])
        self.assert_holds([NEW], 1, "a")

    def test_a_token_that_has_ended_is_renewed(self):
        seen = []

        def ended(_request, _connection, honest):
            if not seen:
                seen.append(True)
                self.tokens.good.clear()
            return honest()
        self.api.fault = ended
        self.assertTrue(act(self.url, *REPLACE)["ok"])

    def test_reading_is_allowed_and_writing_is_not(self):
        self.api.read_only = True
        for arguments in (("prove",), REPLACE):
            self.assert_error(act(self.url, *arguments), "permission", "Forbidden")
        self.assert_holds([OLD])

    def test_an_unknown_zone(self):
        for arguments in (("current",), ("prove",), REPLACE):
            self.assert_error(act(self.make_url(zone="other"), *arguments), "not_found", "does not exist")

    def test_it_waits_until_all_servers_have_it(self):
        self.api.pending = 2
        self.assertTrue(act(self.url, *REPLACE, timeout=20)["ok"])
        looks = [request for request in self.api.server.asked if "/changes/" in request.target]
        self.assertEqual(len(looks), 3)

    def test_urls(self):
        for url, word in (("clouddns://p?credentials-file=x", "clouddns://PROJECT/ZONE"), (self.url + "&colour=red", "'colour'"),
                          (self.url.replace(self.api.url, "http://192.0.2.7"), "plain http")):
            self.assert_error(act(url, "view"), "usage", word)
        (self.folder / "service.json").chmod(0o604)
        self.assert_error(act(self.url, "view"), "config", "can be read by others")


if __name__ == "__main__":
    unittest.main()
