"""The tables of exit statuses in the pages are those of the code, for each tool."""

import re
import unittest

from lint.option_tables import TOOLS
from support.tool import SOURCE_DIR

MAN = SOURCE_DIR / "man"
_ROW = re.compile(r"^(?:\|\[ |\|  )?(\*?)(\d|128\+n)\1$")
_PLUGIN = {"0", "1", "2", "3"}


def statuses_of_code():
    """What errors and outcomes end with, from tools/cli/exit_status."""
    header, source = ((SOURCE_DIR / "tools/cli" / name).read_text(encoding="utf-8") for name in ("exit_status.hpp", "exit_status.cpp"))
    found = set(re.findall(r"^constexpr int status_\w+ = (\d);", header, re.MULTILINE)) | set(re.findall(r"return (\d);", source))
    return found | ({"128+n"} if "return 128 + " in source else set())


def plugin_statuses_of_code():
    return set(re.findall(r"^constexpr int plugin_\w+ = (\d);", (SOURCE_DIR / "tools/cli/plugin_line.hpp").read_text(encoding="utf-8"), re.MULTILINE))


def section(page, title):
    """What stands beneath a heading, up to the next one of its height."""
    marks = title.split(" ")[0]
    rest = page.split(f"\n{title}\n", 1)
    return re.split(rf"^{marks} ", rest[1], maxsplit=1, flags=re.MULTILINE)[0] if len(rest) == 2 else ""


def statuses(text):
    """The rows of a table or of a list, as they come."""
    return [match[2] for match in map(_ROW.match, text.splitlines()) if match]


def difference(rows, wanted):
    found = [f"{row} stands there twice" for row in sorted(set(rows)) if rows.count(row) > 1]
    found += [f"{row} has no row" for row in sorted(wanted - set(rows))]
    return found + [f"nothing ends with {row}" for row in sorted(set(rows) - wanted)]


class RuleTest(unittest.TestCase):
    def test_planted_differences_are_seen(self):
        page = "# A\n\n|[ *0*\n:< done\n|  *3*\n:  look\n\n# EXIT STATUS\n\n*0*\n\tdone\n\n*128+n*\n\tstopped\n\n# B\n\n*7*\n"
        self.assertEqual(statuses(section(page, "# EXIT STATUS")), ["0", "128+n"])
        self.assertEqual(statuses(section("\n" + page, "# A")), ["0", "3"])
        self.assertEqual(difference(["0", "3", "3"], {"0", "4"}), ["3 stands there twice", "4 has no row", "nothing ends with 3"])


class PagesTest(unittest.TestCase):
    def assert_rows(self, text, wanted, where):
        self.assertEqual(difference(statuses(text), wanted), [], where)

    def page(self, name):
        return (MAN / name).read_text(encoding="utf-8")

    def test_the_code_is_read_whole(self):
        self.assertEqual(statuses_of_code(), {*"0123456789", "128+n"})
        self.assertEqual(plugin_statuses_of_code(), _PLUGIN)

    def test_each_tool_has_its_table(self):
        for tool in TOOLS:
            text = section(self.page(f"{tool}.1.scd"), "# EXIT STATUS")
            if tool == "fo-probe":
                once, watching = text.split("With *--watch*:")
                self.assert_rows(once, plugin_statuses_of_code(), "fo-probe")
                self.assert_rows(watching, {"0", "3", "128+n"}, "fo-probe --watch")
            else:
                self.assert_rows(text, statuses_of_code(), tool)

    def test_the_operations_guide_says_what_each_asks_you_to_do(self):
        guide = section(self.page("failover-operations.7.scd"), "# EXIT STATUS: WHAT TO DO")
        for tool in TOOLS:
            wanted = plugin_statuses_of_code() | {"128+n"} if tool == "fo-probe" else statuses_of_code()
            rows = [row for row in re.findall(r"^\|  (\d|128\+n)$", section("\n" + guide, f"## {tool}"), re.MULTILINE)]
            self.assertEqual(difference(rows, wanted), [], tool)


if __name__ == "__main__":
    unittest.main()
