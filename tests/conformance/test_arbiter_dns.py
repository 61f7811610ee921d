"""The arbiter in DNS: against a real BIND for all that it decides, against PowerDNS for the race."""

import json
import subprocess
import time
import unittest

from conformance.arbiter_suite import SERVICE, ArbiterCases, Node, claim_at_once
from support.breaking_relay import BreakingRelay
from support.named import EPOCH_RECORD, ZONE, Named
from support.powerdns import PowerDns
from support.server import free_port, wait_until

class OnBind(unittest.TestCase):
    def setUp(self):
        self.named = Named(records=["sip 60 IN A 192.0.2.1"])
        self.addCleanup(self.named.close)
        self.named.start()
        self.url = self.named.url()

    def node(self, name, attended=False):
        return Node(self, "dns", name, mark_dns=self.url, attended=attended)

    def texts(self):
        done = subprocess.run(["dig", "+short", "+tcp", f"@{self.named.address}", "-p", str(self.named.port), EPOCH_RECORD, "TXT"],
                              capture_output=True, text=True, check=True, timeout=20)
        return [line.strip('"') for line in done.stdout.splitlines()]

    def fields(self):
        """The one TXT's fields."""
        text, = self.texts()
        return dict(field.split("=", 1) for field in text.split(" "))

    def nodes_in_maybe(self):
        return self.fields()["maybe"].split(",")

    def put(self, text):
        lines = [f"server {self.named.address} {self.named.port}", f"zone {ZONE}.", f"update delete {EPOCH_RECORD}. TXT"]
        lines += [f'update add {EPOCH_RECORD}. 60 TXT "{text}"'] if text else []
        subprocess.run(["nsupdate", "-k", self.named.key("sha256")], input="\n".join([*lines, "send", ""]), text=True, check=True, timeout=20)


class Decides(ArbiterCases, OnBind):
    def test_what_stands_in_the_record(self):
        self.adopted()
        before = self.fields()
        self.assertEqual([before[key] for key in ("epoch", "node", "maybe", "active")], ["1", "a", "a", "a@1"])
        self.assertNotIn("until", before)
        b = self.node("b")
        b.claim("a", seconds=30)
        claimed = self.fields()
        self.assertEqual([claimed[key] for key in ("epoch", "node", "joined", "maybe", "active")], ["2", "b", "yes", "a,b", "a@1"])
        self.assertIn("until", claimed)
        self.assertNotEqual(claimed["claim"], before["claim"])
        b("confirm_off", node="a")
        b("commit")
        b("release")
        done = self.fields()
        self.assertEqual([done[key] for key in ("maybe", "active")], ["b", "b@2"])
        self.assertNotIn("until", done)

    def test_a_mark_without_a_record_is_no_record(self):
        self.put("epoch=7 node=a time=2026-11-23T06:07:00Z")
        b = self.node("b")
        self.assertEqual(b("read")["error"], "not_found")
        self.assertEqual(b.claim("a")["error"], "not_found")
        self.assertEqual(b("take_up", node="b", epoch=7)["error"], "not_found")
        self.assertEqual(b("withdraw", node="b", epoch=7), {"ok": True})
        self.assertEqual(self.node("a")("adopt", node="a", epoch=6)["error"], "refused")
        self.adopted(epoch=8)
        self.assertEqual(self.fields()["epoch"], "8")

    def test_a_damaged_record_is_an_error(self):
        for text in ("hello", "epoch=7 node=a time=2026-11-23T06:07:00Z maybe=a", "epoch=7 node=a time=2026-11-23T06:07:00Z claim=1 joined=no maybe=b,a"):
            self.put(text)
            self.assertEqual(self.node("b")("read")["error"], "protocol", text)
            self.assertEqual(self.node("b").claim("a")["error"], "protocol", text)
            self.assertIn(self.node("a")("adopt", node="a", epoch=9)["error"], ("protocol", "refused"), text)
            self.assertEqual(self.texts(), [text])

    def test_a_claim_never_expires_but_its_claimant_may_be_fenced(self):
        self.adopted()
        b, c = self.node("b"), self.node("c")
        b.claim("a", "c", seconds=2)
        b.kill()
        self.assertEqual(c.claim("a", "b")["error"], "refused")
        wait_until(lambda: c("read")["promoting"] is None, "the end of the run that claimed", 15)
        self.assertEqual(self.nodes_in_maybe(), ["a", "b"])
        self.assertEqual(c.claim("a", "b"), {"epoch": 3, "others": ["a", "b"]})

    def test_a_person_need_not_wait(self):
        self.adopted()
        b = self.node("b")
        b.claim("a", "c", seconds=60)
        c = self.node("c", attended=True)
        self.assertEqual(c("read")["promoting"], "b")
        self.assertEqual(c.claim("a", "b"), {"epoch": 3, "others": ["a", "b"]})
        for act in ({"act": "still_ours"}, {"act": "confirm_off", "node": "a"}):
            self.assertEqual(b.driver.ask(act)["error"], "conflict", act)
        self.assertEqual(self.nodes_in_maybe(), ["a", "b", "c"])

    def test_a_late_commit_is_refused(self):
        self.adopted()
        b, c = self.node("b"), self.node("c", attended=True)
        b.claim("a", "c")
        b("confirm_off", node="a")
        b.stop()
        c.claim("a", "b")
        b.go_on()
        self.assertEqual(b("commit")["error"], "conflict")
        self.assertEqual(self.fields()["active"], "a@1")

    def test_a_run_of_the_same_node_takes_its_own_claim_over(self):
        self.adopted()
        first = self.node("b")
        first.claim("a", seconds=60)
        again = self.node("b")
        self.assertEqual(again.claim("a"), {"epoch": 3, "others": ["a"]})
        self.assertEqual(again("still_ours"), {"ok": True})
        self.assertEqual(first("still_ours")["error"], "conflict")

    def test_the_same_number_once_more_is_another_claim(self):
        self.adopted()
        b = self.node("b")
        b.claim("a")
        text, = self.texts()
        claim = self.fields()["claim"]
        self.put(text.replace(claim, "0" * 32))
        self.assertEqual(b("still_ours")["error"], "conflict")
        self.assertEqual(b("confirm_off", node="a")["error"], "conflict")
        self.assertEqual(self.nodes_in_maybe(), ["a", "b"])

    def test_what_is_committed_is_taken_up(self):
        self.adopted()
        b = self.node("b")
        b.claim("a")
        resumed = self.node("b")
        self.assertEqual(resumed("take_up", node="b", epoch=2)["error"], "conflict")
        b("confirm_off", node="a")
        b("commit")
        self.assertEqual(resumed("take_up", node="b", epoch=2), {"ok": True})
        self.assertEqual(resumed("still_ours"), {"ok": True})
        self.assertEqual(resumed("confirm_off", node="a"), {"ok": True})
        self.assertEqual(resumed("release"), {"ok": True})

    def test_names_that_do_not_fit(self):
        self.adopted()
        long = "n" * 64
        refused = self.node(long).claim("a", *(f"{letter}" * 60 for letter in "xyz"))
        self.assertEqual(refused, refused | {"error": "refused"})
        self.assertIn("shorter names", refused["message"])

    def test_only_an_updater_with_real_prerequisites(self):
        driver = Node(self, "dns", "b", mark_dns="hosts:///etc/hosts").driver
        answer = driver.process.stdout.readline()
        self.assertIn('"error":"config"', answer)
        self.assertIn("does not compare and write in one step", answer)
        driver.process.wait(10)


class Survives(OnBind):
    """What goes wrong between the arbiter and its name server."""

    def setUp(self):
        super().setUp()
        port = free_port()
        self.relay = BreakingRelay((("127.0.0.1", port), (self.named.address, self.named.port)))
        self.addCleanup(self.relay.close)
        self.url = self.named.url().replace(f":{self.named.port}/", f":{port}/")
        self.assertEqual(self.node("a")("adopt", node="a", epoch=1), {"ok": True})

    def test_a_dead_server_is_unreachable_not_free(self):
        b = self.node("b")
        self.named.kill()
        self.assertIn(b("read", seconds=2)["error"], ("unreachable", "timeout", "protocol"))
        self.assertIn(b.claim("a", seconds=2)["error"], ("unreachable", "timeout", "protocol"))

    def test_an_answer_that_is_lost_is_read_back(self):
        """The connection breaks after every number of bytes there is: whatever was asked, what DNS holds is what b thinks it holds."""
        for what in ("reset", "close"):
            for number, after in enumerate(range(0, 1200, 100)):
                with self.subTest(what=what, after=after):
                    self.put(None)
                    self.node("a")("adopt", node="a", epoch=1)
                    b = self.node("b")
                    self.relay.arm(what, after)
                    answer = b.claim("a", seconds=4) if number % 2 else self._while_healing(b)
                    self.relay.heal()
                    fields = self.fields()
                    if "epoch" in answer:
                        self.assertEqual((fields["epoch"], fields["node"]), ("2", "b"))
                        self.assertEqual(b("still_ours"), {"ok": True})
                    else:
                        self.assertIn(answer["error"], ("unreachable", "timeout", "protocol", "integrity"))

    def _while_healing(self, b):
        """The line is whole again while b still tries."""
        b.driver.process.stdin.write('{"act":"claim","node":"b","floor":0,"peers":["a"],"seconds":8}\n')
        b.driver.process.stdin.flush()
        time.sleep(0.05)
        self.relay.heal()
        return json.loads(b.driver.process.stdout.readline())


class Race(OnBind):
    def test_of_fifty_that_claim_at_once_one_wins(self):
        self.assertEqual(self.node("a")("adopt", node="a", epoch=1), {"ok": True})
        winner = claim_at_once(self, [self.node(f"n{number}") for number in range(50)])
        self.assertEqual(self.nodes_in_maybe(), ["a", winner])


class RaceOnPowerDns(unittest.TestCase):
    def test_of_fifteen_that_claim_at_once_one_wins(self):
        server = PowerDns([(SERVICE, "A", "192.0.2.1")])
        self.addCleanup(server.close)
        server.start()
        nodes = [Node(self, "dns", f"n{number}", mark_dns=server.url()) for number in range(15)]
        self.assertEqual(nodes[0]("adopt", node="a", epoch=1), {"ok": True})
        winner = claim_at_once(self, nodes)
        self.assertEqual(nodes[0]("read"), {"epoch": 2, "maybe": ["a", winner], "active": "a", "promoting": winner})


if __name__ == "__main__":
    unittest.main()
