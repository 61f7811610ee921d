"""The icmp prober before a kernel, and before an impostor that answers in its place, over each kind of socket."""

import unittest

from conformance.prober_suite import Case, Impossible, ProberSuite
from support.ping_peer import wrapper

_HERE = "icmp://127.0.0.1"


class IcmpSuite(ProberSuite):
    kinds = ("icmp",)
    socket = ""

    def case(self, behaviour, health, says="", target=_HERE, **more):
        return Case(target, health, says, wrapper=wrapper(behaviour, self.socket), **more)

    def cases(self):
        foreign = "an echo reply came that is not ours"
        return {
            "up": self.case("kernel", "up", "echo reply", at_once=True),
            "over IPv6": self.case("kernel", "up", "echo reply", "icmp://[::1]", at_once=True),
            "refused": self.case("nobody there", "down", "No route to host", "icmp://192.0.2.9", at_once=True, timeout=2),
            "silent": self.case("silent", "down", "no answer to ping"),
            "hung": Impossible("the kernel of a hung host answers: weak"),
            "slow": self.case("slow", "up", "echo reply", timeout=2),
            "garbage": self.case("garbage", "down"),
            "half message": self.case("half", "down", foreign),
            "reset": Impossible("there is no connection"),
            "wrong identity": self.case("wrong payload", "down", foreign),
            "wrong sequence": self.case("wrong sequence", "down", foreign),
            # An unprivileged socket is not even given it.
            "wrong identifier": self.case("wrong identifier", "down", foreign if self.socket == "raw" else "no answer to ping"),
            "wrong code": self.case("wrong code", "down"),
            "the right one after a wrong one": self.case("late right", "up", at_once=True, timeout=2),
            "our own network": self.case("kernel", "unknown", "Network is unreachable", "icmp://192.0.2.9", at_once=True),
        }


class RawSocket(IcmpSuite, unittest.TestCase):
    socket = "raw"


class UnprivilegedSocket(IcmpSuite, unittest.TestCase):
    socket = "unprivileged"


class NotAllowed(unittest.TestCase):
    def test_unknown_is_not_down_it_says_what_to_allow(self):
        suite = IcmpSuite()
        for target in (_HERE, "icmp://[::1]"):
            case = Case(target, "unknown", wrapper=wrapper("kernel", "none"))
            finished = suite.probe(case)
            self.assertEqual(finished.status, 3, finished)
            for word in ("ping_group_range", "cap_net_raw"):
                self.assertIn(word, finished.stdout)


if __name__ == "__main__":
    unittest.main()
