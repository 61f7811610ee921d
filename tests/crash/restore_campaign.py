"""Kills a restore and its recovery at points, and audits what is left. Shared by the full campaign and its fast part."""

import time
from dataclasses import dataclass, field

from crash import strace_kill


@dataclass
class Tally:
    """What a campaign counted."""

    points: int = 0
    not_reached: int = 0
    wrong: list = field(default_factory=list)

    def add(self, other):
        self.points += other.points
        self.not_reached += other.not_reached
        self.wrong += other.wrong


def settle(case):
    """A hook outlives the killed tool: waits until the log of hooks rests, so that audits see all of it."""
    before = None
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        now = case.log.read_text()
        if now == before:
            return
        before = now
        time.sleep(0.01)


def audit_after(case, what):
    """One recovery run, then the restore again, and back."""
    wrong = [f"{what}: {text}" for text in case.audit_stopped()]
    settle(case)
    recovered = case.tool("--recover")
    if recovered.status != 0:
        wrong.append(f"{what}: --recover: {recovered}")
    wrong += [f"{what}: recovered: {text}" for text in case.audit_recovered()]
    again = case.tool(*case.forward)
    wrong += [f"{what}: again: {text}" for text in case.audit_repeated(again)]
    back = case.tool("--rollback")
    wrong += [f"{what}: back: {text}" for text in case.audit_back(back)]
    return wrong


def kill_restore(case, points):
    """The restore, killed at each point."""
    tally = Tally()
    for point in points:
        case.reset()
        if not strace_kill.kill_at(point, case.command, case.env):
            tally.not_reached += 1
            continue
        tally.points += 1
        tally.wrong += audit_after(case, str(point))
    return tally


def kill_recovery(case, first, points=None):
    """The restore killed at `first`, then its recovery killed at each of its own points."""
    tally = Tally()
    if points is None:
        case.reset()
        assert strace_kill.kill_at(first, case.command, case.env), first
        settle(case)
        points, status, output = strace_kill.points_of(case.recovery, case.env)
        assert status == 0, output
    for point in points:
        case.reset()
        strace_kill.kill_at(first, case.command, case.env)
        settle(case)
        if not strace_kill.kill_at(point, case.recovery, case.env):
            tally.not_reached += 1
            continue
        tally.points += 1
        tally.wrong += audit_after(case, f"{first}, recovery {point}")
    return tally


def spread(points, count):
    """`count` of them, evenly over the run, first and last included."""
    if count >= len(points):
        return list(points)
    return [points[i * (len(points) - 1) // (count - 1)] for i in range(count)]
