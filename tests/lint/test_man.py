"""Every tool has a man page that formats cleanly and names every option, and no option that is not there."""

import re
import subprocess
import unittest

from lint.option_tables import TOOLS, command_names, commands, long_names, short_names
from support.tool import BUILD_DIR, SOURCE_DIR

MAN = SOURCE_DIR / "man"
# In scdoc a line that begins with an option begins its paragraph: "*-t, --timeout* _DURATION_".
_DEFINITION = re.compile(r"^\*-.*$", re.MULTILINE)
_NAME = re.compile(r"(?<![\w-])--?([a-zA-Z][a-z0-9-]*)")
_MENTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]+)")
# What belongs to other programs that the pages speak of.
_FOREIGN = {"file", "log", "failover", "option", "pwd"}
# The same in pages that are not of one tool: systemctl, mount, pkg-config, samba-tool.
_FOREIGN_ELSEWHERE = {"bind", "failover", "now", "cflags", "libs", "noexpiry", "principal", "random-password"}


def defined(text):
    """The option names that a page's definitions give, long and short, without dashes."""
    return {name for line in _DEFINITION.findall(text) for name in _NAME.findall(line)}


def mentioned(text):
    return set(_MENTION.findall(text.replace("\\", "")))


def problems(text, options, everybody):
    """Sentences: what the page lacks, and what it has that the tool does not."""
    found = [f"--{name} has no paragraph" if len(name) > 1 else f"-{name} is not named" for name in sorted(options - defined(text))]
    found += [f"{name} is described, but is no option" for name in sorted(defined(text) - options)]
    found += [f"--{name} is mentioned, but no tool has it" for name in sorted(mentioned(text) - everybody - _FOREIGN)]
    return found


class RuleTest(unittest.TestCase):
    PAGE = "*-t, --timeout* _D_\n\tText with *--other*.\n\n*--state-dir* _DIR_\n\tText.\n"

    def test_planted_differences_are_seen(self):
        options = {"t", "timeout", "state-dir"}
        everybody = options | {"other"}
        self.assertEqual(problems(self.PAGE, options, everybody), [])
        self.assertEqual(problems(self.PAGE, options | {"new"}, everybody | {"new"}), ["--new has no paragraph"])
        self.assertEqual(problems(self.PAGE, options - {"state-dir"}, everybody), ["state-dir is described, but is no option"])
        self.assertEqual(problems(self.PAGE, options - {"t"}, everybody), ["t is described, but is no option"])
        self.assertEqual(problems(self.PAGE, options, options), ["--other is mentioned, but no tool has it"])


class PagesTest(unittest.TestCase):
    def test_options(self):
        everybody = set().union(*map(long_names, TOOLS), *map(command_names, TOOLS))
        for tool in TOOLS:
            with self.subTest(tool):
                text = (MAN / f"{tool}.1.scd").read_text(encoding="utf-8")
                found = problems(text, long_names(tool) | short_names(tool) | command_names(tool), everybody)
                self.assertEqual(found, [], "\n".join([tool, *found]))

    def test_every_option_that_another_page_mentions_exists(self):
        everybody = set().union(*map(long_names, TOOLS))
        for source in sorted(MAN.glob("*.scd")):
            if source.stem.removesuffix(".1") not in TOOLS:
                found = mentioned(source.read_text(encoding="utf-8")) - everybody - _FOREIGN_ELSEWHERE
                self.assertEqual(found, set(), source.name)

    def test_examples_come_first(self):
        for tool in TOOLS:
            headings = re.findall(r"^# (.*)$", (MAN / f"{tool}.1.scd").read_text(encoding="utf-8"), re.MULTILINE)
            self.assertEqual(headings[:4], ["NAME", "SYNOPSIS", "EXAMPLES", "DESCRIPTION"], tool)

    def test_commands(self):
        text = (MAN / "fo-promote.1.scd").read_text(encoding="utf-8").replace("*", "").replace("\\", "")
        for command in commands("fo-promote"):
            words = r"\b.*\b".join(command.split())
            self.assertRegex(text, rf"\b{words}\b", command)

    def test_every_page_formats_cleanly(self):
        pages = sorted(MAN.glob("*.scd"))
        self.assertGreaterEqual(len(pages), len(TOOLS))
        for source in pages:
            page = BUILD_DIR / "man" / source.stem
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True, check=False)
            # scdoc itself writes a paragraph macro after every heading.
            said = [line for line in (done.stdout + done.stderr).splitlines() if "skipping paragraph macro" not in line]
            self.assertEqual(said, [], source.name)


if __name__ == "__main__":
    unittest.main()
