"""Every kind of target has its class in the suite of the probers, and its paragraph in the manual."""

import re
import unittest
from pathlib import Path

from conformance.prober_suite import ProberSuite
from support import tool
from support.runner import load


def known_kinds():
    """What fo-probe says it knows."""
    return set(re.findall(r"(\w+)://", tool.run("fo-probe", "no-such-kind://x").stderr.split("known are")[1]))


def classes():
    """The test classes of the suite, from every file of it."""
    found = []
    for path in sorted(Path(__file__).parent.glob("test_prober_*.py")):
        found += [one for one in vars(load(path)).values()
                  if isinstance(one, type) and issubclass(one, ProberSuite) and issubclass(one, unittest.TestCase)]
    return found


class Complete(unittest.TestCase):
    def test_every_kind_is_in_the_suite(self):
        covered = {kind for one in classes() for kind in one.kinds}
        self.assertEqual(covered, known_kinds())

    def test_every_kind_has_a_paragraph_and_a_row_in_the_manual(self):
        text = (tool.SOURCE_DIR / "man" / "fo-probe.1.scd").read_text(encoding="utf-8")
        rows = {word for row in re.findall(r"^\|  ([\w, ]+)\n:", text, re.MULTILINE) for word in row.split(", ")}
        lines = re.findall(r"^\*\w+://.*$", text, re.MULTILINE)
        paragraphs = {kind for line in lines for kind in re.findall(r"\*(\w+):///?\*", line)}
        self.assertEqual((paragraphs, rows), (known_kinds(), known_kinds()))


if __name__ == "__main__":
    unittest.main()
