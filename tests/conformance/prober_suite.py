"""One suite for every prober: what it makes of a peer that is well and of each way in which a peer can fail, and that it ends in time.

A new prober adds a file test_prober_KIND.py with one class; a fault that its protocol cannot have is named with the reason, so that
none is forgotten.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from support import tool

FAULTS = ("up", "refused", "silent", "hung", "slow", "garbage", "half message", "reset", "wrong identity")
# Where nothing answers, it takes so long; where something does, less than half of it.
TIMEOUT = 0.6
# How late the tool may be by its own clock (property bounded), and, with its start and end, on a busy machine.
LATE, LATE_PROCESS = 0.1, 1.5


@dataclass
class Case:
    """A target, and what fo-probe must say of it. `says`: a part of the detail. `at_once`: long before its timeout."""

    target: str
    health: str
    says: str = ""
    grade: str = "ok"
    at_once: bool = False
    timeout: float = TIMEOUT
    options: tuple = ()
    wrapper: tuple = ()


class Impossible(str):
    """Why a fault cannot be, for this kind."""


class ProberSuite:
    """Subclasses give cases(): for each of FAULTS a Case or an Impossible, and further ones under names of their own."""

    kinds = ()  # the schemes that it is about

    def cases(self):
        raise NotImplementedError

    @staticmethod
    def probe(case):
        return tool.run("fo-probe", "--json", "-t", f"{case.timeout * 1000:.0f}ms", *case.options, case.target, wrapper=case.wrapper)

    def test_every_fault(self):
        cases = self.cases()
        self.assertEqual([fault for fault in FAULTS if fault not in cases], [])
        run = {name: case for name, case in cases.items() if not isinstance(case, Impossible)}
        with ThreadPoolExecutor(6) as pool:
            finished = dict(zip(run, pool.map(self.probe, run.values())))
        for name, case in run.items():
            with self.subTest(name):
                self.judge(case, finished[name])

    def judge(self, case, finished):
        checks = [one for one in finished.objects if one["type"] == "check"]
        self.assertEqual(len(checks), 1, finished)
        check = checks[0]
        self.assertEqual((check["health"], check["grade"]), (case.health, case.grade), finished)
        self.assertIn(case.says, check["detail"], finished)
        grades = {"ok": 0, "warning": 1, "critical": 2}
        status = {"up": grades[case.grade], "down": 2, "unknown": 3}[case.health]
        self.assertEqual(finished.status, status, finished)
        # Property bounded.
        self.assertLessEqual(check["rtt_s"], case.timeout + LATE, finished)
        self.assertLessEqual(finished.seconds, case.timeout + LATE_PROCESS, finished)
        if case.at_once:
            self.assertLess(check["rtt_s"], case.timeout / 2, finished)
