"""fo-promote init at a terminal: questions, help, bad answers, doubts, and the ends that write nothing."""

import re
import unittest

from integration.test_promote_init import InitCase
from integration.test_promote_terminal import Terminal
from support.pair import NEW, OLD


class AtATerminal(InitCase):
    KNOWN = ("service", "dns", "reference", "fence", "identity-file", "known-hosts", "start-hook", "sip-port", "target")

    def start(self, **changed):
        answers = {key.replace("-", "_"): None for key in self.pair.answers() if key not in self.KNOWN}
        return Terminal(self.pair.init_command(*self.pair.flags(**(answers | changed))))

    def to_the_source(self, terminal):
        """Every question up to where the backups are; the first ones wrong, or with a question mark."""
        for words, line in (("standby or the active", "?"), ("you sit at", "maybe"), ("standby or active, not 'maybe'", ""),
                            ("What is this host called", "b"), ("callers reach this host", NEW), ("Keep it anyway", "y"),
                            ("What is the other host called", "a"), ("callers reach the other host", NEW),
                            ("is the address of this host", OLD), ("machine id of the other host", ""),
                            ("Which PBX", ""), ("Which services", ""), ("How often", "10s")):
            terminal.read_until(words)
            terminal.read_until("? " if line != "y" else "[y/N] ")
            terminal.text = ""
            terminal.answer(line)

    def test_a_person_answers(self):
        terminal = self.start()
        self.to_the_source(terminal)
        terminal.read_until("Where are the backups")
        terminal.answer("")
        terminal.read_until("an answer is needed")
        terminal.answer(self.pair.store.url("nothing-*.zip"))
        terminal.read_until("Keep it anyway")
        terminal.answer("n")
        terminal.read_until("[" + self.pair.store.url("nothing-*.zip"))
        terminal.answer(self.pair.store.url("pbx-*.zip"))
        terminal.read_until("the newest backup there is pbx-1.zip")
        terminal.text = terminal.text[terminal.text.index("the newest backup"):]
        terminal.read_until("Keep it anyway")
        terminal.answer("y")  # its content is old
        for words in ("makes the PBX ready", "When is the newest", "systemd units", "stops the PBX here", "before a promotion",
                      "after a promotion", "remember the address", "two hosts want to take over", "told of a failover"):
            terminal.read_until(words)
            terminal.text = terminal.text[terminal.text.index(words):]
            terminal.answer("")
        self.assertEqual(terminal.end(), 3, terminal.text)
        self.assertIn("PROMOTE", terminal.text)
        text = self.pair.config.read_text()
        self.assertRegex(text, r"(?m)^interval = 10s$")
        self.assertRegex(text, rf"(?m)^target = sip://{re.escape(OLD)}:{self.pair.sip.port}$")
        self.assertRegex(text, r"(?m)^source = .*pbx-\*\.zip$")
        self.assertRegex(text, r"(?m)^only-standby = true$")
        self.assert_no_fence()

    def test_the_end_of_the_input_and_an_interrupt_write_nothing(self):
        for key, status in (("\x04", 4), ("\x03", 130)):
            terminal = self.start()
            self.to_the_source(terminal)
            terminal.read_until("Where are the backups")
            terminal.type(key)
            self.assertEqual(terminal.end(), status, terminal.text)
            self.assert_nothing_written()

if __name__ == "__main__":
    unittest.main()
