"""Words are spelt right, in documents, messages, comments and names."""

import re
import subprocess
import unittest

from lint import tree
from support.tool import SOURCE_DIR, temporary_folder

# Words that are right here. fo: the namespace of the library's examples. additionals: a section of a DNS message.
_OURS = {"fo", "additionals", "crypted", "keep-alives"}
# Misspelt on purpose, or a name: where, and what.
_THERE = {("tests/bench/dns_moves.py", "fr" "o"), ("tests/cli/test_restore_program.py", "In" "h"),
          ("tests/integration/test_fetch_smb.py", "In" "Between"), ("tests/unit/probe/target_test.cpp", "nm" "ae"),
          ("tests/unit/source/ftp_listing_test.cpp", "f" "le")}
_DATA = ("tests/fuzz/corpus/", "LICENSE")
_LINE = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): (?P<word>\S+) ==> (?P<right>.*)$")


def misspelt(folder, names):
    """(file, line, word, what is meant) of each word that codespell knows to be wrong."""
    done = subprocess.run(["codespell", "--ignore-words-list", ",".join(sorted(_OURS)), *names], cwd=folder,
                          capture_output=True, text=True, check=False)
    found = [_LINE.match(line) for line in done.stdout.splitlines()]
    assert all(found) and (done.returncode == 0) == (not found), done
    return [(match["file"], int(match["line"]), match["word"], match["right"]) for match in found]


class SpellingTest(unittest.TestCase):
    def test_a_planted_fault_is_seen(self):
        folder = temporary_folder(self)
        (folder / "x.md").write_text("A word that is mis" "pelled.\nAnd the namespace fo.\n", encoding="utf-8")
        self.assertEqual([(line, word) for _, line, word, _ in misspelt(folder, ["x.md"])], [(1, "mis" "pelled")])

    def test_the_tree(self):
        names = [str(name) for name in tree.files() if not str(name).startswith(_DATA) and tree.text(name) is not None]
        self.assertGreater(len(names), 500)
        found = [f"{name}:{line}: {word}, meant is perhaps {right}" for name, line, word, right in misspelt(SOURCE_DIR, names)
                 if (name, word) not in _THERE]
        self.assertEqual(found, [], "\n".join(["", *found]))


if __name__ == "__main__":
    unittest.main()
