"""What every DnsUpdater and its DnsVerifier must do, whatever server is behind them. A test file for one kind of server
subclasses the suite, starts the server and gives its URLs."""

import json
import subprocess
import time

from support.tool import BIN

DRIVER = BIN / "conformance_dns_updater"
SERVICE = "sip.pbx.test"
EPOCH_RECORD = "_failover.sip.pbx.test"
OLD, NEW, THIRD = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def act(url, *arguments, timeout=5.0, clock_offset=0, service=SERVICE, epoch_record=EPOCH_RECORD):
    """One act of the driver on a view made of this URL; it must end by its own deadline (property bounded)."""
    started = time.monotonic()
    done = subprocess.run([DRIVER, url, service, epoch_record, str(timeout), str(clock_offset), *arguments],
                          capture_output=True, text=True, check=True, timeout=timeout + 30)
    result = json.loads(done.stdout)
    result["seconds"] = time.monotonic() - started
    return result


class DnsChecks:
    """What tests of an updater say often. Subclasses give self.url, a view that takes changes, and seen()."""

    def seen(self):
        """The addresses that an independent client sees there."""
        raise NotImplementedError

    def assert_error(self, result, kind, *words):
        self.assertFalse(result["ok"], result)
        self.assertEqual(result["kind"], kind, result)
        for word in words:
            self.assertIn(word, result["message"])

    def assert_holds(self, addresses, epoch=None, node=None):
        now = act(self.url, "current")
        self.assertTrue(now["ok"], now)
        self.assertEqual((now["addresses"], now["epoch"], now["node"]), (addresses, epoch, node))
        self.assertEqual(self.seen(), addresses)


class DnsUpdaterSuite(DnsChecks):
    """Before each test SERVICE has the one address OLD and no mark. `swap` is how sure the updater says to be; `racers` start at once, and of
    them exactly one `wins`, or at most one: whoever came in between is told."""

    swap = "atomic"
    racers = 50
    one_wins = True

    def test_says_how_sure_it_is(self):
        self.assertEqual(act(self.url, "view")["swap"], self.swap)

    def test_reads_what_is_there(self):
        self.assert_holds([OLD])

    def test_reads_nothing_where_there_is_nothing(self):
        now = act(self.url, "current", service="none.pbx.test", epoch_record="_failover.none.pbx.test")
        self.assertTrue(now["ok"], now)
        self.assertEqual((now["addresses"], now["epoch"], now["ttl"]), ([], None, 0))

    def test_sets_and_sets_again(self):
        for step in ((OLD, f"{NEW};1:a"), (f"{NEW};1:a", f"{THIRD};2:b"), (f"{THIRD};2:b", f"{THIRD};2:b")):
            self.assertTrue(act(self.url, "replace", *step)["ok"], step)
        self.assert_holds([THIRD], 2, "b")
        wait = act(self.url, "wait", f"{THIRD};2:b")
        self.assertTrue(wait["ok"], wait)

    def test_sets_several_addresses_of_both_families(self):
        both = f"2001:DB8::2,{THIRD},{NEW};1:a"
        self.assertTrue(act(self.url, "replace", OLD, both)["ok"])
        self.assert_holds([NEW, THIRD, "2001:db8::2"], 1, "a")
        self.assertTrue(act(self.url, "replace", both, f"{OLD};2:a")["ok"])
        self.assert_holds([OLD], 2, "a")

    def test_changes_only_what_it_read(self):
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};5:a")["ok"])
        # Each of these differs in one thing from what is there: address, family, number, epoch, node, mark.
        for wrong in (f"{OLD};5:a", f"{NEW},2001:db8::1;5:a", f"{NEW},{THIRD};5:a", "-;5:a", f"{NEW};4:a", f"{NEW};5:b", NEW):
            self.assert_error(act(self.url, "replace", wrong, f"{THIRD};6:c"), "conflict", "nothing was changed")
        self.assert_holds([NEW], 5, "a")

    def test_the_epoch_never_goes_down(self):
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};5:a")["ok"])
        for worse in (f"{THIRD};4:a", f"{THIRD};5:b", THIRD):
            self.assert_error(act(self.url, "replace", f"{NEW};5:a", worse), "refused")
        self.assert_error(act(self.url, "replace", f"{NEW};5:a", "-;6:a"), "refused", "without an address")
        self.assert_holds([NEW], 5, "a")

    def test_of_many_at_once_one_wins(self):
        race = act(self.url, "race", str(self.racers), OLD, f"{NEW};1:x", timeout=60)
        winners = [result["address"] for result in race["results"] if result["ok"]]
        losers = {result["kind"] for result in race["results"] if not result["ok"]}
        self.assertEqual(losers, {"conflict"}, race)
        if self.one_wins:
            self.assertEqual(len(winners), 1, race)
            self.assertEqual(self.seen(), winners)
        else:
            self.assertLessEqual(len(winners), 1, race)
            self.assertIn(self.seen(), [[f"192.0.2.{100 + number}"] for number in range(self.racers)])
            self.assertTrue(not winners or self.seen() == winners, race)

    def test_proves_access_without_changing_anything(self):
        self.assertTrue(act(self.url, "prove")["ok"])
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};1:a")["ok"])
        self.assertTrue(act(self.url, "prove")["ok"])
        self.assert_holds([NEW], 1, "a")

    def test_waiting_ends_in_time_and_says_who_lags(self):
        wait = act(self.url, "wait", f"{NEW};1:a", timeout=2.0)
        self.assert_error(wait, "timeout", "still says 192.0.2.1, no epoch mark")
        self.assertLess(wait["seconds"], 2.5)
