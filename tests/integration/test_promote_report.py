"""fo-promote --report: one page that needs nothing but itself, whatever hooks and peers say."""

import html.parser
import stat
import unittest

from support import tool
from support.pair import Pair

_VOID = {"meta", "br"}
_ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "div", "strong", "br", "table", "tr", "th", "td",
            "pre", "ul", "li", "p"}
_HOSTILE = "</td></pre><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\x1b[2J&lt;"


class Page(html.parser.HTMLParser):
    """Collects what a browser would act on; unbalanced tags are errors."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.errors, self.words = [], set(), [], [], []
        self.feed(text)
        self.close()
        self.errors += [f"{tag} is left open" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, *each) for each in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(Pair(tool.temporary_folder(self)))
        self.file = self.pair.dir / "report.html"

    def page(self):
        """The words of the page, which is sound."""
        text = self.file.read_text(encoding="utf-8")
        self.assertTrue(text.startswith("<!DOCTYPE html>\n"))
        page = Page(text)
        self.assertEqual(page.errors, [])
        self.assertEqual(page.tags - _ALLOWED, set())
        names = {name for _, name, _ in page.attributes}
        self.assertLessEqual(names, {"lang", "charset", "name", "content", "http-equiv", "class"})
        self.assertIn(("meta", "name", "viewport"), page.attributes)
        self.assertIn("default-src 'none'", " ".join(str(value) for _, _, value in page.attributes))
        self.assertNotIn("url(", text)
        self.assertNotIn("@import", text)
        self.assertNotIn("\x1b", text)
        return " ".join(page.words)

    def promote(self, *arguments):
        return self.pair.promote("run", "--report", self.file, *arguments)

    def test_a_promotion_that_is_done(self):
        done = self.promote()
        self.assertEqual(done.status, 3, done)
        words = self.page()
        for part in ("sip", "self-probe", "took", "fence", "Who sees what", "the last caches", "References", "Warnings", "done",
                     done.result["message"], *done.result["warnings"]):
            self.assertIn(part, words)
        before = self.file.read_text()
        self.assertEqual(self.promote().status, 0)
        self.assertEqual(self.file.read_text(), before)

    def test_one_that_is_unfinished_with_a_hook_that_forges(self):
        self.pair.program("start", "#!/bin/sh\nprintf '%s' '" + _HOSTILE + "' >&2\nexit 1\n")
        done = self.promote()
        self.assertEqual(done.status, 9, done)
        words = self.page()
        self.assertIn("<script>alert(1)</script>", words)
        self.assertIn("Type now", words)
        self.assertIn(done.result["next"], words)
        self.assertIn("unfinished", words)

    def test_one_that_is_refused(self):
        (self.pair.dir / "serving-old").touch()
        self.assertEqual(self.promote().status, 4)
        words = self.page()
        self.assertIn("a is healthy", words)
        self.assertIn("refused", words)

    def test_a_page_that_cannot_be_written_is_a_warning(self):
        self.file = self.pair.dir / "no/such/folder/report.html"
        done = self.promote()
        self.assertEqual(done.status, 3, done)
        self.assertIn("the report", " ".join(done.result["warnings"]))
        self.assertTrue(self.pair.started)

    def test_a_half_written_page_is_never_there(self):
        self.file.write_text("old")
        self.promote()
        self.page()
        self.assertEqual([each.name for each in self.pair.dir.glob("report.html*")], ["report.html"])
        self.assertTrue(stat.S_ISREG(self.file.lstat().st_mode))


if __name__ == "__main__":
    unittest.main()
