"""The arbiter in etcd against a real etcd: one member for what it decides, three for what it survives."""

import json
import os
import signal
import unittest

from support.driven import Driven
from support.etcd import Etcd, start_cluster
from support.server import wait_until

SERVICE = "pbx.example.test"


class Node:
    """One host's arbiter."""

    def __init__(self, test, url, name, lease=3):
        self.name = name
        self.driver = Driven(test, "conformance_arbiter", url, SERVICE, lease)

    def __call__(self, act, **more):
        return self.driver.ask({"act": act, **more})

    def claim(self, *peers, floor=0):
        return self("claim", node=self.name, floor=floor, peers=list(peers))

    def stop(self):
        os.kill(self.driver.process.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.driver.process.pid, signal.SIGCONT)

    def kill(self):
        self.driver.process.kill()
        self.driver.process.wait()


class OneMember(unittest.TestCase):
    def setUp(self):
        self.etcd = Etcd()
        self.addCleanup(self.etcd.close)
        self.etcd.start()

    def node(self, name, lease=3):
        return Node(self, self.etcd.url(), name, lease)

    def adopted(self, name="a", epoch=1):
        self.assertEqual(self.node(name)("adopt", node=name, epoch=epoch), {"ok": True})

    def lock(self):
        return self.etcd.get(f"/failover/pbx/{SERVICE}/lock")

    def record(self):
        return json.loads(self.etcd.get(f"/failover/pbx/{SERVICE}/record"))

    def test_a_whole_promotion(self):
        self.adopted()
        b = self.node("b")
        self.assertEqual(b("read"), {"epoch": 1, "maybe": ["a"], "active": "a", "promoting": None})
        self.assertEqual(b.claim("a", floor=1), {"epoch": 2, "others": ["a"]})
        self.assertEqual(b("read"), {"epoch": 2, "maybe": ["a", "b"], "active": "a", "promoting": "b"})
        self.assertEqual(b("still_ours"), {"ok": True})
        self.assertEqual(b("commit")["error"], "refused")
        self.assertEqual(b("confirm_off", node="a"), {"ok": True})
        self.assertEqual(b("commit"), {"ok": True})
        self.assertEqual(b("still_ours"), {"ok": True})
        self.assertEqual(b("release"), {"ok": True})
        self.assertEqual(b("read"), {"epoch": 2, "maybe": ["b"], "active": "b", "promoting": None})

    def test_a_missing_record_is_never_free(self):
        b = self.node("b")
        self.assertEqual(b("read")["error"], "not_found")
        self.assertEqual(b.claim("a")["error"], "not_found")
        self.assertIn("fo-promote adopt", b("read")["message"])
        self.assertEqual(b("take_up", node="b", epoch=1)["error"], "not_found")

    def test_a_record_is_adopted_once(self):
        self.adopted()
        self.assertEqual(self.node("b")("adopt", node="b", epoch=5)["error"], "refused")
        self.assertEqual(self.record()["maybe"], ["a"])

    def test_a_damaged_record_is_an_error(self):
        self.etcd.put(f"/failover/pbx/{SERVICE}/record", "{}")
        self.assertEqual(self.node("b")("read")["error"], "protocol")
        self.assertEqual(self.node("b").claim("a")["error"], "protocol")
        self.assertEqual(self.node("a")("adopt", node="a", epoch=1)["error"], "protocol")

    def test_only_one_of_two_claims(self):
        self.adopted()
        b, c = self.node("b"), self.node("c")
        self.assertEqual(b.claim("a", "c")["epoch"], 2)
        refused = c.claim("a", "b")
        self.assertEqual(refused["error"], "refused")
        self.assertIn("b promotes at this moment", refused["message"])
        self.assertEqual(self.record()["maybe"], ["a", "b"])

    def test_a_wiped_arbiter_is_refused(self):
        self.adopted()
        self.assertEqual(self.node("b").claim("a", floor=2)["error"], "refused")
        self.assertIsNone(self.lock())

    def test_withdrawn_as_if_nothing_had_been(self):
        self.adopted()
        b = self.node("b")
        b.claim("a")
        self.assertEqual(b("withdraw", node="b", epoch=2), {"ok": True})
        self.assertEqual(b("read"), {"epoch": 2, "maybe": ["a"], "active": "a", "promoting": None})
        # Again, by another process, or with another epoch: nothing to give back.
        self.assertEqual(self.node("b")("withdraw", node="b", epoch=2), {"ok": True})
        self.assertEqual(self.node("c").claim("a", "b"), {"epoch": 3, "others": ["a"]})
        self.assertEqual(b("withdraw", node="b", epoch=2), {"ok": True})
        self.assertEqual(self.record()["claimant"], "c")

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

    def test_the_superseded_one_is_told(self):
        self.adopted()
        b = self.node("b")
        b.claim("a")
        b("confirm_off", node="a")
        b("commit")
        b("release")
        c = self.node("c")
        self.assertEqual(c.claim("a", "b"), {"epoch": 3, "others": ["b"]})
        self.assertEqual(b("take_up", node="b", epoch=2)["error"], "conflict")
        c("confirm_off", node="b")
        c("commit")
        self.assertEqual(b("take_up", node="b", epoch=2)["error"], "conflict")

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
        nodes = [Node(self, self.url, f"n{number}", lease=20) for number in range(8)]
        for node in nodes:
            node.driver.process.stdin.write(json.dumps({"act": "claim", "node": node.name, "floor": 1, "peers": ["a"]}) + "\n")
        for node in nodes:
            node.driver.process.stdin.flush()
        answers = [json.loads(node.driver.process.stdout.readline()) for node in nodes]
        self.assertEqual([answer.get("epoch") for answer in answers].count(2), 1, answers)
        self.assertEqual([answer.get("error") for answer in answers].count("refused"), 7, answers)


if __name__ == "__main__":
    unittest.main()
