"""Two standbys race for a service whose active host has died, or is cut off, or stands still, while everything around them breaks.

  tests/crash/run races [RUNS [SEED [etcd|dns [BINARY]]]]     (default: 100 runs, seed 1, etcd)

Each run has its own seed, which is printed when something is wrong. BINARY: another fo-promote, for instance one that lacks a check.
"""

import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

from crash import race_audit
from crash.race_world import World, set_link
from support.named import EPOCH_RECORD, SERVICE, ZONE

RECORD = f"/failover/pbx/{SERVICE}/record"
LOCK = f"/failover/pbx/{SERVICE}/lock"


@dataclass
class Tally:
    runs: int = 0
    promotions: int = 0
    fences: int = 0
    starts: int = 0
    nobody: int = 0
    wrong: list = field(default_factory=list)


class Race:
    """One run in a world that goes on."""

    def __init__(self, world, seed):
        self.world, self.seed = world, seed
        self.random = random.Random(seed)
        self.cut = set()

    def run(self):
        self._prepare()
        self._strike()
        for name in ("b", "c"):
            time.sleep(self.random.uniform(0, 0.08))
            self._promote(name, "run")
        ends = time.monotonic() + self.random.uniform(0.3, 1.2)
        while time.monotonic() < ends:
            time.sleep(self.random.uniform(0.01, 0.1))
            self.random.choice(self._faults())()
        self._mend()
        self._settle()
        return self._audit()

    # Before it.

    def _prepare(self):
        world = self.world
        world.call(lambda: world.reset(self.seed))
        self._nsupdate(f"update delete {SERVICE}. A", f"update delete {EPOCH_RECORD}. TXT", f"update add {SERVICE}. 60 A {world.hosts['a'].address}")
        self.serial = self._serial()
        if world.members:
            member = world.members[0]
            for key in (RECORD, LOCK):
                member.call("kv/deleterange", key=race_audit.encoded(key))
            self.revision = race_audit.revision(member) + 1
        world.call(lambda: [world.boot("a"), world.serves_from_the_beginning("a")])
        world.hosts["a"].tell("promote adopt")
        self._wait_for("a", "adopt 0")
        world.call(lambda: [world.boot("b"), world.boot("c")])

    def _nsupdate(self, *lines):
        named = self.world.named
        script = "\n".join([f"server {named.address} {named.port}", f"zone {ZONE}.", *lines, "send", ""])
        subprocess.run(["nsupdate", "-k", named.key("sha256")], input=script, text=True, check=True, timeout=20)

    def _dig(self, name, kind):
        named = self.world.named
        return subprocess.run(["dig", "+short", "+tcp", f"@{named.address}", "-p", str(named.port), name, kind], capture_output=True,
                              text=True, check=True, timeout=20).stdout

    def _serial(self):
        return int(self._dig(f"{ZONE}.", "SOA").split()[2])

    def _ended(self, name):
        path = self.world.hosts[name].dir / "status"
        return path.read_text().splitlines() if path.exists() else []

    def _wait_for(self, name, line, seconds=30):
        ends = time.monotonic() + seconds
        while line not in self._ended(name):
            if time.monotonic() > ends:
                log = self.world.hosts[name].dir / "run.log"
                raise AssertionError(f"seed {self.seed}: {name} has not come to '{line}': {log.read_text() if log.exists() else ''}")
            time.sleep(0.005)

    # While it runs.

    def _promote(self, name, verb):
        self.world.hosts[name].tell(f"promote {verb}")

    def _strike(self):
        """What makes the standbys run."""
        world = self.world
        how = self.random.choice(("power", "power", "service", "cut", "frozen"))
        if how == "power":
            world.call(lambda: world.lose_power("a"))
        elif how == "service":
            world.call(lambda: world.end_service("a"))
        elif how == "cut":
            self._cut("a")
        else:
            self._freeze("a", True)

    def _cut(self, name):
        self.cut.add(name)
        set_link(f"to-{name}", False)
        self.world.note(f"{name} is cut off")

    def _rejoin(self, name):
        self.cut.discard(name)
        set_link(f"to-{name}", True)
        self.world.note(f"{name} is back in the network")

    def _freeze(self, name, frozen):
        """The whole host stands still, as a virtual machine does."""
        host = self.world.hosts[name]
        host.frozen = frozen
        host.signal(signal.SIGSTOP if frozen else signal.SIGCONT)
        self.world.note(f"{name} {'stands still' if frozen else 'goes on'}")

    def _faults(self):
        """A choice of what may happen next."""
        world, pick = self.world, self.random.choice
        host = pick("abc")
        standby = pick("bc")
        faults = [lambda: self._cut(host), lambda: self._rejoin(pick(sorted(self.cut) or "a")), lambda: self._freeze(standby, True),
                  lambda: [self._freeze(name, False) for name in "abc"], lambda: world.hosts[standby].signal(signal.SIGKILL, "fo-promote"),
                  lambda: world.call(lambda: world.lose_power(host)), lambda: world.call(lambda: world.boot(host)),
                  lambda: world.call(lambda: world.end_service(host)), lambda: self._promote(standby, pick(("run", "resume", "abort"))),
                  lambda: self._promote(standby, "run"), lambda: self._break_switch(host)]
        if world.members:
            member = pick(world.members)
            faults += [member.freeze, lambda: [each.thaw() for each in world.members], lambda: self._cut(member.name), self._end_lease]
        return faults

    def _break_switch(self, name):
        self.world.faults[name] = self.random.choice((None, "slow", "fails before", "fails after"))

    def _end_lease(self):
        """The lock goes, as at the end of its lease; whoever held it does not know."""
        member = self.random.choice(self.world.members)
        if member.name in self.cut:
            return
        try:
            member.call("kv/deleterange", 0.3, key=race_audit.encoded(LOCK))
            self.world.note("the lock's lease ends")
        except OSError:
            pass

    # After it.

    def _mend(self):
        world = self.world
        world.faults = {}
        for member in world.members:
            member.thaw()
        for name in sorted(self.cut):
            self._rejoin(name)
        for name in "abc":
            self._freeze(name, False)

    def _settle(self):
        """The runs end; every host gets power again; each standby says once more what it may."""
        world = self.world
        ends = time.monotonic() + 3
        while time.monotonic() < ends and any(host.powered and host.processes("fo-promote") for host in world.hosts.values()):
            time.sleep(0.02)
        world.call(lambda: [world.boot(name) for name in world.hosts])
        for name in self.random.sample("bc", 2):
            if any(host.serving for host in world.hosts.values()):
                break
            before = len(self._ended(name))
            world.hosts[name].tell("promote run")
            ends = time.monotonic() + 3
            while time.monotonic() < ends and len(self._ended(name)) == before:
                time.sleep(0.01)
        time.sleep(0.05)

    def _audit(self):
        world = self.world
        serving = [host.name for host in world.hosts.values() if host.serving]
        wrong = list(world.violations) + race_audit.wrong_in_journals(world.hosts.values())
        if len(serving) > 1:
            wrong.append(f"never two: {serving}")
        marks = race_audit.marks_written(world.named, self.serial)
        wrong += race_audit.wrong_in_dns(marks)
        if world.members:
            wrong += race_audit.wrong_in_versions(race_audit.record_versions(world.members[0], RECORD, self.revision))
        elif not re.search(r"epoch=\d+", self._dig(EPOCH_RECORD, "TXT")):
            wrong.append("epoch: the mark is gone")
        return wrong, serving


def race_on(world, runs, seed, tell=print):
    tally = Tally()
    for number in range(seed, seed + runs):
        race = Race(world, number)
        wrong, serving = race.run()
        tally.runs += 1
        tally.fences += world.fences
        tally.starts += world.starts
        tally.promotions += any(race_audit.has_started(world.hosts[name].dir) for name in "bc")
        tally.nobody += not serving
        if wrong:
            tally.wrong.append(f"seed {number}: {'; '.join(wrong)}")
            first = world.events[0][0] if world.events else 0
            tell("\n".join([tally.wrong[-1], *(f"  {when - first:7.3f} {what}" for when, what in world.events)]), flush=True)
        if tally.runs % 100 == 0:
            tell(f"{tally.runs} runs, {len(tally.wrong)} wrong", flush=True)
    return tally


def main(runs="100", seed="1", arbiter="etcd", binary=None):
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fo-races.") as folder, World(folder, arbiter, binary) as world:
        tally = race_on(world, int(runs), int(seed))
    print(f"races ({arbiter}): {tally.runs} runs from seed {seed}; {tally.promotions} with a promotion, {tally.fences} fences, {tally.starts} starts, "
          f"{tally.nobody} ended with nobody serving; {len(tally.wrong)} wrong, {time.monotonic() - begun:.0f} s")
    # Races in which nobody could win show nothing.
    return 1 if tally.wrong or not tally.promotions else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
