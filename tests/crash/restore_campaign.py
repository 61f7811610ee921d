"""Kills a restore and its recovery at points, and audits what is left. Shared by the full campaign and its fast part."""

import math
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


def audit_after(case, what, again_and_back=True):
    """One recovery run; then, unless that is all that is asked for, the restore again, and back."""
    wrong = [f"{what}: {text}" for text in case.audit_stopped()]
    settle(case)
    recovered = case.tool("--recover")
    if recovered.status != 0:
        wrong.append(f"{what}: --recover: {recovered}")
    wrong += [f"{what}: recovered: {text}" for text in case.audit_recovered()]
    if not again_and_back:
        return wrong
    again = case.tool(*case.forward)
    wrong += [f"{what}: again: {text}" for text in case.audit_repeated(again)]
    back = case.tool("--rollback")
    wrong += [f"{what}: back: {text}" for text in case.audit_back(back)]
    return wrong


def kill_restore(case, points, until=math.inf, back_every=1):
    """The restore, killed at each point until the clock says `until`; after every `back_every`-th it is done again, and undone."""
    tally = Tally()
    for number, point in enumerate(points):
        if time.monotonic() > until:
            break
        case.reset()
        if not strace_kill.kill_at(point, case.command, case.env):
            tally.not_reached += 1
            continue
        tally.points += 1
        tally.wrong += audit_after(case, str(point), number % back_every == 0)
    return tally


def kill_recovery(case, first, points, until=math.inf, back_every=1):
    """The restore killed at `first`, then its recovery killed at each of its own points."""
    tally = Tally()
    for number, point in enumerate(points):
        if time.monotonic() > until:
            break
        case.reset()
        strace_kill.kill_at(first, case.command, case.env)
        settle(case)
        if not strace_kill.kill_at(point, case.recovery, case.env):
            tally.not_reached += 1
            continue
        tally.points += 1
        tally.wrong += audit_after(case, f"{first}, recovery {point}", number % back_every == 0)
    return tally


def spread(points, count):
    """`count` of them, evenly over the run, first and last included."""
    if count >= len(points):
        return list(points)
    if count == 1:
        return [points[len(points) // 2]]
    return [points[i * (len(points) - 1) // (count - 1)] for i in range(count)]
