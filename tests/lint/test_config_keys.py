"""The keys of the configuration file are the long names of the options, and nothing else."""

import unittest

from lint.option_tables import TOOLS, long_names, tables
from support.tool import run, temporary_folder

_COMMAND_LINE_ONLY = {"help", "version", "config"}


def keys(tool):
    return (long_names(tool) - _COMMAND_LINE_ONLY) | {operand["value"].lower() for operand in tables()[tool]["operands"]}


class ConfigKeysTest(unittest.TestCase):
    def answer(self, tool, text):
        """What the tool says to a configuration file; run so that nothing but reading it can happen."""
        path = temporary_folder(self) / "failover.conf"
        path.write_text(text, encoding="utf-8")
        return run(tool, "--config", path, "--json", "--no-progress")

    def test_every_option_is_a_key_of_its_section(self):
        for tool in TOOLS:
            reader = "fo-fetch" if tool != "fo-fetch" else "fo-restore"
            lines = "".join(f"{key} = x\n" for key in sorted(keys(tool)))
            finished = self.answer(reader, f"[{tool[3:]}]\n{lines}")
            self.assertNotIn("unknown key", finished.stdout + finished.stderr, tool)

    def test_an_unknown_key_stops_every_tool_with_file_and_line(self):
        for tool in TOOLS:
            for section in ("common", *(name[3:] for name in TOOLS)):
                finished = self.answer(tool, f"[{section}]\n\nno-such-key = x\n")
                self.assertEqual(finished.status, 3 if tool == "fo-probe" else 2, finished)
                self.assertIn("failover.conf:3: unknown key 'no-such-key'", finished.result["message"])

    def test_a_key_of_another_tool_is_unknown_in_a_section(self):
        finished = self.answer("fo-fetch", "[fetch]\nself-probe = sip://192.0.2.1\n")
        self.assertEqual(finished.status, 2, finished)
        self.assertIn("unknown key 'self-probe'", finished.result["message"])


if __name__ == "__main__":
    unittest.main()
