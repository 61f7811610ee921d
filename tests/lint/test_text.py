"""The text of the repository speaks of the project alone, and is well-formed."""

import re
import unittest
from pathlib import Path

from lint import tree

# Each rule: what is found, and why it does not belong here. Written so that this file does not match itself.
_RULES = [
    (re.compile(r"(?<![\w.~}$-])/(?:work|home|root|Users|mnt)/[\w.]"), "a path of somebody's machine"),
    (re.compile(r"\b(?:artifact-[r]egistry|registry\.[n]pmjs|pypi\.[o]rg|proxy\.[g]olang|index\.[c]rates|deb\.[d]ebian)\b"),
     "the host of a package registry"),
    (re.compile(r"\b[c]o-authored-by|\bgenerated (?:with|by) (?:an? )?(?:AI|LLM|[c]hat|[c]laude|[c]opilot)|\b[c]laude\b|\b[c]hatgpt\b|"
                r"\b[a]nthropic\b|\blanguage [m]odel\b", re.IGNORECASE), "a word about who or what wrote it"),
    (re.compile(r"\b(?:DESIGN|CLI|FACTS|TESTING|SERVERS|MODELS|BRIEF)\.[m]d\b"), "a document that is not in the repository"),
    (re.compile(r"\b(?:TODO|FIXME|XXX)[ :(]"), "unfinished work belongs in an issue"),
    (re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE), "a merge conflict"),
    (re.compile(r"[ \t]+$", re.MULTILINE), "a blank at the end of a line"),
    (re.compile(r"\r"), "a carriage return"),
]
_FREE = {Path("LICENSE")}
_DATA = ("tests/fuzz/corpus/",)  # what a parser must cope with is no text of ours


def violations(path, text):
    found = []
    for pattern, reason in _RULES:
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path}:{line}: {reason}: {match.group()!r}")
    if text and not text.endswith("\n"):
        found.append(f"{path}: no newline at the end")
    return found


class TextTest(unittest.TestCase):
    def assert_red(self, text, words):
        found = violations(Path("x"), text)
        self.assertEqual(len(found), 1, (text, found))
        self.assertIn(words, found[0])

    def test_planted_violations_are_seen(self):
        self.assert_red("see /wor" + "k/x\n", "somebody's machine")
        self.assert_red("see '/hom" + "e/jane/x'\n", "somebody's machine")
        self.assert_red("from https://pypi" + ".org/simple\n", "package registry")
        self.assert_red("Co-Author" + "ed-By: x\n", "who or what wrote it")
        self.assert_red("as DESIGN" + ".md says\n", "not in the repository")
        self.assert_red("// TOD" + "O: later\n", "issue")
        self.assert_red("x \n", "blank")
        self.assert_red("x\r\n", "carriage return")
        self.assert_red("x", "no newline")

    def test_ordinary_text_passes(self):
        text = "an ssh session; /var/lib/failover, ~/work/x, $HOME/mnt/x, lib/net/x; XXXX mkdtemp; ARCHITECTURE.md\n"
        self.assertEqual(violations(Path("x"), text), [])

    def test_the_tree(self):
        texts = [(name, tree.text(name)) for name in tree.files() if name not in _FREE and not str(name).startswith(_DATA)]
        found = [line for name, text in texts if text is not None for line in violations(name, text)]
        self.assertEqual(found, [], "\n".join(["", *found]))


if __name__ == "__main__":
    unittest.main()
