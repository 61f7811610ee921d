"""fo-promote at a terminal: the evidence, the question, and the operator's word."""

import os
import pty
import select
import time
import unittest

from support import tool
from support.named import SERVICE
from support.pair import NEW, OLD, Pair


class Terminal:
    """A tool with a terminal of its own; talk() answers its questions."""

    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(command[0], [str(part) for part in command], tool.environment({"TERM": "dumb"}))
        self.text = ""

    def read_until(self, words, timeout=20.0):
        deadline = time.monotonic() + timeout
        while words not in self.text:
            ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"waited in vain for {words!r} in {self.text}")
            try:
                self.text += os.read(self.fd, 4096).decode()
            except OSError:
                break

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def answer(self, line):
        self.type(line + "\n")

    def end(self):
        self.read_until("\0never")
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return status


class PromoteAtATerminal(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(Pair(tool.temporary_folder(self)))
        # A person decides: neither only-standby nor two references are needed.
        self.pair.lines["only-standby"] = ["false"]
        self.pair.lines["reference"] = self.pair.lines["reference"][:1]
        self.pair.write_config()

    def start(self, *arguments):
        command = [tool.path("fo-promote"), "run", "--config", self.pair.config, "--state-dir", self.pair.state, *arguments]
        return Terminal(command)

    def assert_untouched(self):
        self.assertTrue(self.pair.has_power)
        self.assertFalse(self.pair.started)
        self.assertEqual((self.pair.addresses, self.pair.mark), ([OLD], None))

    def test_at_boot_what_a_person_began_is_left_to_a_person(self):
        terminal = self.start("--until", "commit")
        terminal.read_until("type the service's name")
        terminal.answer(SERVICE)
        self.assertEqual(terminal.end(), 9, terminal.text)
        refused = self.pair.run("resume", "--boot")
        self.assertEqual(refused.status, 4, refused)
        self.assertIn("a person has begun", refused.result["message"])
        self.assertFalse(self.pair.started)

    def test_the_evidence_comes_before_the_question_and_the_name_is_the_answer(self):
        terminal = self.start()
        terminal.read_until("type the service's name")
        self.assert_untouched()
        for words in (f"a ({OLD})", "down", "fencer (power): says on", "nothing was ever restored", "cannot be undone",
                      f"{OLD} (TTL 60 s) -> {NEW}"):
            self.assertIn(words, terminal.text)
        terminal.answer(SERVICE)
        self.assertEqual(terminal.end(), 3, terminal.text)
        self.assertIn("last caches of the old address expire at", terminal.text)
        self.assertTrue(self.pair.started)
        self.assertEqual(self.pair.addresses, [NEW])

    def test_another_answer_touches_nothing(self):
        for answer in ("", "yes", SERVICE.upper()):
            terminal = self.start()
            terminal.read_until("type the service's name")
            terminal.answer(answer)
            self.assertEqual(terminal.end(), 4, terminal.text)
            self.assert_untouched()

    def test_bounded_a_question_that_nobody_answers_ends_by_the_deadline(self):
        begun = time.monotonic()
        terminal = self.start("-t", "3s")
        self.assertEqual(terminal.end(), 6, terminal.text)
        self.assertLess(time.monotonic() - begun, 3.6)
        self.assert_untouched()

    def test_the_operators_word_is_asked_for(self):
        self.pair.fencers = ["operator"]
        self.pair.write_config()
        terminal = self.start()
        terminal.read_until("type the service's name")
        terminal.answer(SERVICE)
        terminal.read_until("When it is off, type a: ")
        terminal.answer("no")
        self.assertEqual(terminal.end(), 4, terminal.text)
        self.assert_untouched()
        (self.pair.dir / "power").unlink()
        terminal = self.start()
        terminal.read_until("type the service's name")
        terminal.answer(SERVICE)
        terminal.read_until("When it is off, type a: ")
        terminal.answer("a")
        self.assertEqual(terminal.end(), 3, terminal.text)
        self.assertEqual(self.pair.addresses, [NEW])


if __name__ == "__main__":
    unittest.main()
