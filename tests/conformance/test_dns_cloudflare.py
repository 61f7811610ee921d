"""Cloudflare: the suite of every updater and every fault of an HTTP interface, against a stand-in written from its documents."""

import unittest

from conformance.dns_provider_faults import REPLACE, ProviderFaults
from conformance.dns_updater_suite import OLD, DnsChecks, DnsUpdaterSuite, act
from support import cloudflare_api
from support.cloudflare_api import READ_ONLY, TOKEN, ZONE_ID, CloudflareApi
from support.provider_zone import EPOCH_RECORD, ZONE, ProviderZone
from support.tool import temporary_folder


class CloudflareTest(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        self.zone = ProviderZone(self)
        self.api = CloudflareApi(self, self.zone)
        self.url = self.make_url(TOKEN)

    def make_url(self, token, zone=ZONE, endpoint=None):
        path = self.folder / "token"
        path.write_text(token + "\n", encoding="ascii")
        path.chmod(0o600)
        return f"cloudflare://{zone}?token-file={path}&endpoint={endpoint or self.api.url}&verify=127.0.0.1:{self.zone.dns.port}"

    def seen(self):
        return self.zone.seen()


class CloudflareSuite(CloudflareTest, DnsUpdaterSuite):
    """A batch deletes by identity, so of two who write both at once the second finds nothing to delete: in practice one wins."""

    swap = "checked"
    one_wins = True


class CloudflareFaults(CloudflareTest, ProviderFaults):
    def hostile(self, text):
        return cloudflare_api.refusal(400, 1004, text)

    def test_somebody_comes_in_between(self):
        """Cloudflare does not compare: what was not to be deleted is not looked at. The second look says so."""
        def first(_request, _connection, honest):
            self.zone.sets[EPOCH_RECORD, "TXT"] = (60, ['"epoch=9 node=z time=2026-11-23T06:07:00Z"'])
            return honest()
        self.on_change(first)
        result = act(self.url, *REPLACE, timeout=10)
        self.assertFalse(result["ok"], result)

    def test_somebody_writes_after_us(self):
        """He has looked before our change and writes after it: told, though not prevented."""
        changed = []

        def later(request, _connection, honest):
            text = honest()
            if self.is_change(request):
                changed.append(request)
            elif changed and "_failover" in request.target:
                self.zone.sets["sip.pbx.test", "A"] = (60, ["192.0.2.9"])
            return text
        self.api.fault = later
        self.assert_error(act(self.url, *REPLACE, timeout=10), "conflict", "by somebody else at the same time", "192.0.2.9")


class CloudflareAnswers(CloudflareTest, DnsChecks):
    """What only Cloudflare says."""

    def unchanged(self):
        self.assert_holds([OLD])

    def test_tokens(self):
        for token, kind, words in (("nonsense", "permission", "Invalid access token"),):
            url = self.make_url(token)
            for arguments in (("current",), ("prove",), REPLACE):
                self.assert_error(act(url, *arguments), kind, words)
        reader = self.make_url(READ_ONLY)
        self.assertTrue(act(reader, "current")["ok"])
        for arguments in (("prove",), REPLACE):
            self.assert_error(act(reader, *arguments), "permission", "10000")
        self.make_url(TOKEN)
        self.unchanged()

    def test_a_token_that_others_may_read(self):
        url = self.make_url(TOKEN)
        (self.folder / "token").chmod(0o640)
        self.assert_error(act(url, "view"), "config", "can be read by others")

    def test_zones(self):
        self.assertTrue(act(self.make_url(TOKEN, zone=ZONE_ID), "prove")["ok"])
        self.assert_error(act(self.make_url(TOKEN, zone="other.test"), "current"), "not_found", "no such zone")
        self.assert_error(act(self.make_url(TOKEN, zone="f" * 32), "current"), "not_found", "7003")

    def test_a_proxied_name_is_refused(self):
        self.api.proxied = True
        self.assert_error(act(self.url, "current"), "config", "proxied", "DNS only")

    def test_a_ttl_that_cloudflare_does_not_take(self):
        result = act(self.url + "&ttl=30", *REPLACE)
        self.assertFalse(result["ok"])
        self.assertIn("Must be between 60", result["message"])
        self.unchanged()

    def test_nothing_is_sent_in_clear_over_a_network(self):
        self.assert_error(act(self.make_url(TOKEN, endpoint="http://192.0.2.7"), "view"), "usage", "plain http")

    def test_what_is_wrong_with_a_url_is_named(self):
        for url, word in ((f"cloudflare://{ZONE}", "token-file"), ("cloudflare:///x?token-file=x", "cloudflare://ZONE"),
                          (self.url + "&colour=red", "'colour'"), (self.url + "&token-file=y", "given twice")):
            self.assert_error(act(url, "view"), "usage", word)

    def test_a_second_page_is_not_overlooked(self):
        def paged(request, _connection, honest):
            text = honest()
            return cloudflare_api.success([], result_info={"page": 1, "total_pages": 2}) if "name.exact" in request.target else text
        self.api.fault = paged
        self.assert_error(act(self.url, "current"), "protocol", "hundred")


if __name__ == "__main__":
    unittest.main()
