"""What the real fo-fetch makes of a store that breaks, stalls, lies or changes its mind; the same table for every kind of source.

After every fault: the exit status and the words are right, nothing new stands under a final name, the old backup is untouched, and
the next run, with the store in order again, brings the very bytes.
"""

import shutil
from dataclasses import dataclass
from typing import Callable

from support import tool
from support.backups import make_backup, set_age, stored
from support.server import wait_until


@dataclass
class Fault:
    """begin() makes the store behave so, end() puts it in order again."""

    name: str
    status: int
    words: str  # a pattern that standard error matches
    begin: Callable[[], None]
    end: Callable[[], None] = lambda: None
    options: tuple = ()
    at_most: float = 20.0  # seconds
    next_run: bool = True  # the next run brings the backup


class FetchFaults:
    """Goes before FetchCase. Subclasses give start_store(), location(path) and options(); put_bytes() and remove() unless the store is
    the folder self.store; self.relay (a BreakingRelay) if it is reached through one, and more rows by faults()."""

    relay = None
    rate = "1MiB"  # slow enough to meddle half way

    def start_store(self):
        raise NotImplementedError

    def options(self):
        """fo-fetch's options by name, without the dashes."""
        return {}

    def put_bytes(self, name, content, age):
        """Stores an object that is `age` seconds old, if the store lets us choose; one of that name is replaced."""
        new = self.store.parent / "new"
        new.write_bytes(content)
        set_age(new, age)
        new.rename(self.store / name)

    def remove(self, name):
        (self.store / name).unlink()

    def put_backup(self, name, age=3600.0, **keywords):
        content = make_backup(self.folder / "made.zip", age=age, **keywords).read_bytes()
        self.put_bytes(name, content, age)
        return content

    def faults(self):
        """More rows, of this kind of store."""
        return []

    def access(self):
        return [word for name, value in self.options().items() for word in (f"--{name}", value)]

    def setUp(self):
        super().setUp()
        self.start_store()
        self.put_backup("PBX.zip", seed=1, age=90_000)
        self.fetched("PBX.zip")
        self.before = self.kept()
        self.new = self.put_backup("PBX.zip", seed=2, files=10, size=50_000)

    def kept(self):
        return {name: (self.out / name).read_bytes() for name in stored(self.out)}

    def begin_anew(self):
        """As it was before the new backup was fetched."""
        shutil.rmtree(self.out)
        self.out.mkdir()
        for name, content in self.before.items():
            (self.out / name).write_bytes(content)

    def assert_unharmed(self):
        self.assertEqual(self.kept(), self.before)

    def assert_next_run_brings(self, content):
        self.assertEqual(self.fetched("PBX.zip").read_bytes(), content)

    def meet(self, fault):
        self.begin_anew()
        fault.begin()
        try:
            run = self.fetch("PBX.zip", "--retries", "0", *fault.options)
        finally:
            fault.end()
        self.assertEqual((run.status, run.stdout), (fault.status, ""), run)
        self.assertRegex(run.stderr, fault.words)
        self.assertLess(run.seconds, fault.at_most)
        self.assert_unharmed()
        if fault.next_run:
            self.assert_next_run_brings(self.new)

    def bytes_of_a_fetch(self):
        self.relay.heal()
        self.begin_anew()
        self.fetched("PBX.zip")
        return self.relay.passed

    def of_the_object(self):
        """What may lie there instead of the backup."""
        half = len(self.new) // 2
        page = b"<!DOCTYPE html><html><body>An error occurred.</body></html>" * 100
        rotten = self.new[:half] + bytes([self.new[half] ^ 1]) + self.new[half + 1:]

        def back():
            self.put_bytes("PBX.zip", self.new, 3600)

        def row(name, status, words, content):
            return Fault(name, status, words, lambda: self.put_bytes("PBX.zip", content, 3600), back)

        return [Fault("gone", 5, "(?i)no such|not found|does not exist", lambda: self.remove("PBX.zip"), back),
                row("cut off", 7, "no complete backup", self.new[:half]), row("empty", 7, "no complete backup", b""),
                row("a page of HTML", 7, "no complete backup", page), row("one bit is wrong", 7, "not a good archive", rotten)]

    def of_the_line(self):
        """What any connection may meet."""
        if self.relay is None:
            return []
        total = self.bytes_of_a_fetch()
        relay = self.relay
        faults = [Fault(f"{what} after {tenth} tenths", 6, ".", lambda what=what, tenth=tenth: relay.arm(what, total * tenth // 10), relay.heal)
                  for what in ("reset", "close") for tenth in (range(10) if what == "reset" else (0, 5, 9))]
        for tenth in (0, 5):
            faults.append(Fault(f"stall after {tenth} tenths", 6, "silent for 1 s|within 1 s|stall",
                                lambda tenth=tenth: relay.arm("stall", total * tenth // 10), relay.heal, ("--stall-timeout", "1s"), 4.0))
            faults.append(Fault(f"bounded: stall after {tenth} tenths", 6, ".", lambda tenth=tenth: relay.arm("stall", total * tenth // 10),
                                relay.heal, ("-t", "1s"), 1.3))
        return faults

    def test_every_fault(self):
        for fault in [*self.of_the_object(), *self.of_the_line(), *self.faults()]:
            with self.subTest(fault.name):
                self.meet(fault)

    def test_a_break_is_mended_in_the_same_run(self):
        if self.relay is None:
            return
        total = self.bytes_of_a_fetch()
        self.begin_anew()
        self.relay.arm("reset", total * 6 // 10)
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", "-v"), env=self.environment)
        self.relay.wait_broken()
        self.relay.heal()
        run = tool.finish(process)
        self.assertEqual(run.status, 0, run)
        self.assertIn("trying again", run.stderr)
        self.assertEqual((self.out / run.stdout.strip()).read_bytes(), self.new)

    def test_an_object_that_is_replaced_half_way_is_never_mixed(self):
        self.put_backup("PBX.zip", seed=3, files=20, size=100_000)
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", "--limit-rate", self.rate, "-v"), env=self.environment)
        wait_until(lambda: self.got() > 200_000, "some bytes to come")
        fresh = self.put_backup("PBX.zip", seed=4, files=20, size=100_000, age=600)
        run = tool.finish(process)
        # Either it looks again and brings the new one, or it says so.
        self.assertIn(run.status, (0, 6), run)
        if run.status == 0:
            self.assertEqual((self.out / run.stdout.strip()).read_bytes(), fresh)
        else:
            self.assert_unharmed()
        self.assert_next_run_brings(fresh)

    def got(self):
        """Bytes of the download that have come so far."""
        part = self.out / ".fo-fetch.part"
        return part.stat().st_blocks * 512 if part.exists() else 0
