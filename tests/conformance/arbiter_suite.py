"""What every arbiter that keeps a record must do."""

import json
import os
import signal

from support.driven import Driven

SERVICE = "sip.pbx.test"


class Node:
    """One host's arbiter."""

    def __init__(self, test, spec, name, lease=3, mark_dns=None, attended=False):
        self.name = name
        extra = {"FO_MARK_DNS": mark_dns} if mark_dns else None
        self.driver = Driven(test, "conformance_arbiter", spec, SERVICE, lease, *(["attended"] if attended else []), env=extra)

    def __call__(self, act, **more):
        return self.driver.ask({"act": act, **more})

    def claim(self, *peers, floor=0, **more):
        return self("claim", node=self.name, floor=floor, peers=list(peers), **more)

    def stop(self):
        os.kill(self.driver.process.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.driver.process.pid, signal.SIGCONT)

    def kill(self):
        self.driver.process.kill()
        self.driver.process.wait()


def claim_at_once(test, nodes, floor=1):
    """All claim in the same moment; exactly one must win."""
    for node in nodes:
        request = {"act": "claim", "node": node.name, "floor": floor, "peers": ["a"], "seconds": 60}
        node.driver.process.stdin.write(json.dumps(request) + "\n")
    for node in nodes:
        node.driver.process.stdin.flush()
    answers = [json.loads(node.driver.process.stdout.readline()) for node in nodes]
    winners = [node.name for node, answer in zip(nodes, answers) if answer.get("epoch") == floor + 1]
    test.assertEqual(len(winners), 1, answers)
    test.assertEqual([answer.get("error") for answer in answers].count("refused"), len(nodes) - 1, answers)
    return winners[0]


class ArbiterCases:
    """For a TestCase with node(name) and, for what is stored, nodes_in_maybe()."""

    def adopted(self, name="a", epoch=1):
        self.assertEqual(self.node(name)("adopt", node=name, epoch=epoch), {"ok": True})

    def test_a_record_is_adopted_once(self):
        self.adopted()
        self.assertEqual(self.node("b")("adopt", node="b", epoch=5)["error"], "refused")
        self.assertEqual(self.nodes_in_maybe(), ["a"])

    def test_a_wiped_arbiter_is_refused(self):
        self.adopted()
        self.assertEqual(self.node("b").claim("a", floor=2)["error"], "refused")
        self.assertEqual(self.nodes_in_maybe(), ["a"])
        self.assertIsNone(self.node("c")("read")["promoting"])

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

    def test_only_one_of_two_claims(self):
        self.adopted()
        b, c = self.node("b"), self.node("c")
        self.assertEqual(b.claim("a", "c")["epoch"], 2)
        refused = c.claim("a", "b")
        self.assertEqual(refused["error"], "refused")
        self.assertIn("b promotes", refused["message"])
        self.assertEqual(self.nodes_in_maybe(), ["a", "b"])

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
        self.assertEqual(b("read")["promoting"], "c")

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

    def test_what_is_active_is_handed_over(self):
        self.adopted()
        a, b = self.node("a"), self.node("b")
        self.assertEqual(a("hand_over", node="a", to="b", floor=7), {"epoch": 8})
        self.assertEqual(b("read"), {"epoch": 8, "maybe": ["b"], "active": "b", "promoting": None})
        # Again, as after a crash, it says what it said.
        self.assertEqual(self.node("a")("hand_over", node="a", to="b", floor=7), {"epoch": 8})

    def test_a_claim_is_handed_over_before_its_commit(self):
        """As a switchover gives back what it had."""
        self.adopted()
        b = self.node("b")
        b.claim("a")
        b("confirm_off", node="a")
        self.assertEqual(b("hand_over", node="b", to="a", floor=0), {"epoch": 3})
        self.assertEqual(b("read"), {"epoch": 3, "maybe": ["a"], "active": "a", "promoting": None})
        self.assertEqual(b("commit")["error"], "internal")

    def test_what_another_has_or_claims_is_not_handed_over(self):
        self.adopted()
        self.assertEqual(self.node("b")("hand_over", node="b", to="c", floor=0)["error"], "conflict")
        self.node("c").claim("a", "b")
        self.assertEqual(self.node("a")("hand_over", node="a", to="b", floor=0)["error"], "conflict")
        self.assertEqual(self.nodes_in_maybe(), ["a", "c"])

    def test_who_leaves_may_not_be_serving_any_more(self):
        self.adopted()
        a = self.node("a")
        self.assertEqual(a("leave", node="a"), {"ok": True})
        self.assertEqual(a("read"), {"epoch": 1, "maybe": [], "active": None, "promoting": None})
        self.assertEqual(a("leave", node="a"), {"ok": True})
        # Nobody is named any more: whoever promotes proves everybody off.
        self.assertEqual(self.node("b").claim("a"), {"epoch": 2, "others": ["a"]})

    def test_without_a_record_there_is_nothing_to_leave(self):
        self.assertEqual(self.node("a")("leave", node="a"), {"ok": True})
