"""ARCHITECTURE.md's table of the state directory has a row for every class that writes a file there, and no other."""

import re
import unittest

from lint import tree
from support.tool import SOURCE_DIR

# In lib/state, but the writers of no file: the paths, numbered names, what several files hold, the check of the format,
# how targets are told apart.
_NO_FILE = {"state_dir", "numbered_files", "restore_roots", "state_format", "target_identity"}
_ROW = re.compile(r"^\| *`(?P<file>[^`]+)` *\| *(?P<format>\d+) *\| *`(?P<writer>[^`]+)`[^|]*\| *(?P<readers>[^|]+?) *\|$", re.MULTILINE)


def rows(text):
    """Writer (`state/NAME`) -> its files, from the section on the state directory."""
    section = text.split("## The state directory", 1)[-1].split("\n## ", 1)[0]
    found = {}
    for match in _ROW.finditer(section):
        found.setdefault(match["writer"], []).append(match["file"])
    return found


def problems(text, classes):
    table = rows(text)
    found = [f"state/{name} has no row" for name in sorted(classes - {writer.removeprefix("state/") for writer in table})]
    return found + [f"the writer {writer} does not exist" for writer in sorted(table) if writer.removeprefix("state/") not in classes]


class StateTableTest(unittest.TestCase):
    TEXT = "## The state directory\n\n| file | format | writer | readers |\n|---|---|---|---|\n| `role` | 1 | `state/role_file` | restore |\n\n## Next\n"

    def test_planted_differences_are_seen(self):
        self.assertEqual(problems(self.TEXT, {"role_file"}), [])
        self.assertEqual(problems(self.TEXT, {"role_file", "novelty"}), ["state/novelty has no row"])
        self.assertEqual(problems(self.TEXT, set()), ["the writer state/role_file does not exist"])

    def test_the_tree(self):
        classes = {name.stem for name in tree.cxx_files() if name.parts[:2] == ("lib", "state") and name.suffix == ".hpp"} - _NO_FILE
        self.assertGreater(len(classes), 3)
        found = problems((SOURCE_DIR / "ARCHITECTURE.md").read_text(encoding="utf-8"), classes)
        self.assertEqual(found, [], "\n".join(["", *found]))


if __name__ == "__main__":
    unittest.main()
