"""A file or folder is named after the one thing in it, never after the lack of a name."""

import re
import unittest
from pathlib import Path

from lint import tree

_NAMELESS = re.compile(r"(?:^|[-_.])(utils?|misc|common|helpers?|stuff)(?:\.|$)", re.IGNORECASE)
_CXX_NAME = re.compile(r"[a-z0-9_]+\.[ch]pp")


def violations(path):
    found = [f"{path}: '{part}' says nothing about what is in it" for part in path.parts if _NAMELESS.search(part)]
    if path.suffix in tree.CXX and not _CXX_NAME.fullmatch(path.name):
        found.append(f"{path}: a C++ file's name is in snake_case")
    return found


class NamesTest(unittest.TestCase):
    def test_nameless_names_are_seen(self):
        for name in ("lib/util/x.cpp", "lib/core/string_utils.hpp", "tests/common.py", "tools/misc/x.py", "a/Helper.txt"):
            self.assertEqual(len(violations(Path(name))), 1, name)
        self.assertEqual(len(violations(Path("lib/core/FileLock.hpp"))), 1)

    def test_good_names_pass(self):
        for name in ("lib/core/utility_meter.cpp", "lib/net/commonality.hpp", "tools/cli/shared_options.hpp", ".ci/run", "man/fo-probe.1.scd"):
            self.assertEqual(violations(Path(name)), [], name)

    def test_the_tree(self):
        found = [line for name in tree.files() for line in violations(name)]
        self.assertEqual(found, [], "\n".join(["", *found]))


if __name__ == "__main__":
    unittest.main()
