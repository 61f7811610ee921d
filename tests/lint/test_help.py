"""--help says what the option tables and the man pages say: the same options, commands and defaults."""

import re
import unittest

from lint.option_tables import TOOLS, commands, long_names, tables
from support.tool import SOURCE_DIR, run

_LONG = re.compile(r"^ +(?:-\w,)?--([a-z][a-z0-9-]*)", re.MULTILINE)
_DEFAULT = re.compile(r"\((?:[^()]* )?default:? ([^();,]+?)\)?[;,)]")
_SUBCOMMAND = re.compile(r"^  ([a-z][a-z-]*)(?= |$)", re.MULTILINE)


def default(said):
    """The value that a help text calls the default, if it is one word."""
    match = _DEFAULT.search(said)
    return match[1] if match and re.fullmatch(r"[\w./-]+", match[1]) else None


def paragraph(page, name):
    """What a page says of an option."""
    found = re.search(rf"^\*(?=-)[^\n]*--{re.escape(name)}\*[^\n]*\n((?:\t[^\n]*\n)+)", page, re.MULTILINE)
    return re.sub(r"(?<!\\)_|\*", "", found[1]).replace("\\", "") if found else ""


class RuleTest(unittest.TestCase):
    def test_the_readers(self):
        self.assertEqual(default("Time to live (default 60s)"), "60s")
        self.assertEqual(default("Where (default: backups in the state directory)"), None)
        self.assertEqual(default("How many (default 2m; 0s: at once)"), "2m")
        page = "*-k*, *--keep* _N_\n\tSo many. Default: 7.\n\n*--x*\n\tNo.\n"
        self.assertIn("Default: 7", paragraph(page, "keep"))
        self.assertEqual(paragraph(page, "x"), "No.\n".join(["\t", ""]))


class HelpTest(unittest.TestCase):
    def test_options_and_commands(self):
        for tool in TOOLS:
            said = run(tool, "--help").stdout
            self.assertEqual(set(_LONG.findall(said)), long_names(tool), tool)
            shown = set(_SUBCOMMAND.findall(said.split("Subcommands:")[1])) if "Subcommands:" in said else set()
            self.assertEqual(shown, {name for name in commands(tool) if " " not in name}, tool)

    def test_defaults_are_those_of_the_man_page(self):
        found, compared = [], 0
        for tool in TOOLS:
            page = (SOURCE_DIR / "man" / f"{tool}.1.scd").read_text(encoding="utf-8")
            for option in tables()[tool]["options"]:
                value = default(option["help"])
                for name in option["long"] if value else ():
                    compared += 1
                    said = paragraph(page, name)
                    if not re.search(rf"(?i)default[^.]*?(?<![\w./-]){re.escape(value.rstrip('.'))}(?![\w])", said):
                        found.append(f"{tool} --{name}: the default is {value} by --help, and in the page: {said.strip()!r}")
        self.assertGreater(compared, 30)
        self.assertEqual(found, [], "\n".join(["", *found]))


if __name__ == "__main__":
    unittest.main()
