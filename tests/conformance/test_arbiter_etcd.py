"""The arbiter in etcd against a real etcd: one member for what it decides, three for what it survives."""

import json
import unittest

from conformance.arbiter_suite import SERVICE, ArbiterCases, Node, claim_at_once
from support.etcd import Etcd, start_cluster
from support.server import wait_until


class OneMember(ArbiterCases, unittest.TestCase):
    def setUp(self):
        self.etcd = Etcd()
        self.addCleanup(self.etcd.close)
        self.etcd.start()

    def node(self, name, lease=3):
        return Node(self, self.etcd.url(), name, lease)

    def nodes_in_maybe(self):
        return self.record()["maybe"]

    def lock(self):
        return self.etcd.get(f"/failover/pbx/{SERVICE}/lock")

    def record(self):
        return json.loads(self.etcd.get(f"/failover/pbx/{SERVICE}/record"))

    def test_a_damaged_record_is_an_error(self):
        self.etcd.put(f"/failover/pbx/{SERVICE}/record", "{}")
        self.assertEqual(self.node("b")("read")["error"], "protocol")
        self.assertEqual(self.node("b").claim("a")["error"], "protocol")
        self.assertEqual(self.node("a")("adopt", node="a", epoch=1)["error"], "protocol")

    def test_a_crashed_claimant_is_one_that_may_be_serving(self):
        self.adopted()
        b, c = self.node("b", lease=2), self.node("c")
        b.claim("a", "c")
        b.kill()
        self.assertIsNotNone(self.lock())
        wait_until(lambda: self.lock() is None, "the end of the lease", 15)
        self.assertEqual(c.claim("a", "b"), {"epoch": 3, "others": ["a", "b"]})

    def test_a_run_of_the_same_node_takes_its_own_lock_over(self):
        self.adopted()
        first = self.node("b", lease=60)
        first.claim("a")
        first.kill()
        again = self.node("b")
        self.assertEqual(again.claim("a"), {"epoch": 3, "others": ["a"]})
        self.assertEqual(again("still_ours"), {"ok": True})

    def test_the_lease_is_kept_alive(self):
        self.adopted()
        b = self.node("b", lease=2)
        b.claim("a")
        # Another key under a lease of the same length, which nobody keeps alive, goes twice.
        for _ in range(2):
            self.etcd.put("/measure", "x", self.etcd.grant(2))
            wait_until(lambda: self.etcd.get("/measure") is None, "the end of a lease", 20)
        self.assertEqual(b("still_ours"), {"ok": True})

    def test_who_stood_still_has_lost_his_claim(self):
        self.adopted()
        b, c = self.node("b", lease=2), self.node("c")
        b.claim("a", "c")
        b.stop()
        wait_until(lambda: self.lock() is None, "the end of the lease", 15)
        self.assertEqual(c.claim("a", "b")["others"], ["a", "b"])
        b.go_on()
        self.assertEqual(b("still_ours")["error"], "conflict")
        self.assertEqual(b("confirm_off", node="a")["error"], "conflict")
        self.assertEqual(self.record()["maybe"], ["a", "b", "c"])

    def test_a_late_commit_is_refused(self):
        self.adopted()
        b, c = self.node("b", lease=2), self.node("c")
        b.claim("a", "c")
        b("confirm_off", node="a")
        b.stop()
        wait_until(lambda: self.lock() is None, "the end of the lease", 15)
        c.claim("a", "b")
        b.go_on()
        self.assertEqual(b("commit")["error"], "conflict")
        self.assertEqual(self.record()["active"], {"node": "a", "epoch": 1})

    def test_what_is_committed_needs_no_lease(self):
        self.adopted()
        b = self.node("b", lease=2)
        b.claim("a")
        b("confirm_off", node="a")
        b("commit")
        b.stop()
        wait_until(lambda: self.lock() is None, "the end of the lease", 15)
        b.go_on()
        self.assertEqual(b("still_ours"), {"ok": True})
        self.assertEqual(b("release"), {"ok": True})
        resumed = self.node("b")
        self.assertEqual(resumed("take_up", node="b", epoch=2), {"ok": True})
        self.assertEqual(resumed("still_ours"), {"ok": True})
        self.assertEqual(resumed("confirm_off", node="a"), {"ok": True})

    def test_a_wipe_in_the_middle_ends_the_claim(self):
        self.adopted()
        b = self.node("b", lease=10)
        b.claim("a")
        self.etcd.wipe()
        self.assertEqual(b("still_ours")["error"], "conflict")
        # The same number once more, by another: it is not b's epoch.
        self.assertEqual(self.node("a")("adopt", node="a", epoch=2), {"ok": True})
        self.assertEqual(b("confirm_off", node="a")["error"], "conflict")
        self.assertEqual(self.record()["maybe"], ["a"])

    def test_a_dead_arbiter_is_unreachable_not_free(self):
        self.adopted()
        b = self.node("b")
        self.etcd.kill()
        self.assertIn(b("read", seconds=3)["error"], ("unreachable", "timeout"))
        self.assertIn(b("claim", node="b", floor=0, peers=["a"], seconds=3)["error"], ("unreachable", "timeout"))


class ThreeMembers(unittest.TestCase):
    def setUp(self):
        self.cluster = start_cluster(self)
        self.url = self.cluster[0].url("failover/pbx", *self.cluster[1:])
        self.assertEqual(Node(self, self.url, "a")("adopt", node="a", epoch=1), {"ok": True})

    def test_a_promotion_survives_the_death_of_a_member(self):
        b = Node(self, self.url, "b", lease=10)
        self.assertEqual(b.claim("a")["epoch"], 2)
        self.cluster[0].kill()
        wait_until(lambda: b("still_ours").get("ok"), "another leader", 20)
        self.assertEqual(b("confirm_off", node="a"), {"ok": True})
        self.assertEqual(b("commit"), {"ok": True})

    def test_without_a_majority_nobody_claims(self):
        b = Node(self, self.url, "b")
        self.cluster[0].kill()
        self.cluster[1].kill()
        answer = b("claim", node="b", floor=0, peers=["a"], seconds=4)
        self.assertIn(answer["error"], ("unreachable", "timeout"))

    def test_of_many_that_claim_at_once_one_wins(self):
        claim_at_once(self, [Node(self, self.url, f"n{number}", lease=20) for number in range(8)])


if __name__ == "__main__":
    unittest.main()
