"""Every page, file, link and unit that a document names is there."""

import unittest

from lint import references, tree
from support.tool import SOURCE_DIR

MAN = SOURCE_DIR / "man"
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")


def page_name(path):
    name, section = path.stem.rsplit(".", 1)
    return f"{name}({section})"


PAGES = {page_name(path): path.read_text(encoding="utf-8") for path in sorted(MAN.glob("*.scd"))}
THERE = {str(name) for name in tree.files()}
ROOMS = {name.split("/")[1] for name in THERE if name.startswith("lib/") and name.count("/") > 1} - {"include"}


class RuleTest(unittest.TestCase):
    def test_planted_faults_are_seen(self):
        ours = {"failover(7)", "fo-x(1)"}
        self.assertEqual(references.wrong_pages("*fo-x*(1) *fo-y*(1) *ssh*(1) failover(7)", ours), ["fo-y(1) is no page of ours and none that is known"])
        page = "text *fo-x*(1) *ssh*(1)\n# SEE ALSO\n\n*failover*(7), *ssh*(1), *ssh*(1), *fo-z*(1)\n"
        self.assertEqual(references.incomplete_see_also("fo-z(1)", page, ours),
                         ["SEE ALSO lacks fo-x(1)", "SEE ALSO has ssh(1) twice", "SEE ALSO has fo-z(1) itself"])
        there = {"man/a.scd", "examples/b/c", "lib/net/loop.hpp"}
        self.assertEqual(references.wrong_links("[x](man) [y](man/b.scd) [z](https://x.example/)", there), ["the link to man/b.scd leads nowhere"])
        self.assertEqual(references.wrong_paths("see _examples/b_, _examples/e_, `examples/b/c`, examples/b/d.", there),
                         ["examples/b/d. is not there", "examples/e is not there"])
        self.assertEqual(references.wrong_modules("`net/loop` `net/hoop` `iface/x`", {"net"}, there), ["net/hoop is no file of lib/net"])
        self.assertEqual(references.wrong_units("fo-watch@failover.service fo-wach@failover.service", {"fo-watch@.service"}),
                         ["fo-wach@.service is no unit that is shipped"])


class DocumentsTest(unittest.TestCase):
    def assert_none(self, found):
        self.assertEqual(found, [], "\n".join(["", *found]))

    def texts(self):
        return {**PAGES, **{name: (SOURCE_DIR / name).read_text(encoding="utf-8") for name in DOCUMENTS}}

    def test_pages(self):
        self.assert_none([f"{name}: {each}" for name, text in self.texts().items() for each in references.wrong_pages(text, set(PAGES))])
        self.assert_none([f"{name}: {each}" for name, text in PAGES.items() for each in references.incomplete_see_also(name, text, set(PAGES))])

    def test_the_map_has_every_page(self):
        chart = references.pages_in(PAGES["failover(7)"].split("# MAP", 1)[1].split("# WORDS")[0])
        self.assertEqual(chart, set(PAGES) - {"failover(7)"})

    def test_links_and_files(self):
        for name in DOCUMENTS:
            text = (SOURCE_DIR / name).read_text(encoding="utf-8")
            self.assert_none([f"{name}: {each}" for each in references.wrong_links(text, THERE, name.rpartition("/")[0])])
        self.assert_none([f"{name}: {each}" for name, text in self.texts().items() for each in references.wrong_paths(text, THERE)])

    def test_architecture_names_files_that_are_there(self):
        # The table of the state directory has files of a host; test_state_table looks at it.
        before, _, rest = (SOURCE_DIR / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## The state directory")
        text = before + rest.partition("## Decisions")[2]
        self.assertGreater(len(ROOMS), 10)
        self.assert_none(references.wrong_modules(text, ROOMS, THERE))

    def test_units(self):
        units = {name.rpartition("/")[2] for name in THERE if name.startswith("packaging/systemd/")}
        if units:
            self.assert_none([f"{name}: {each}" for name, text in self.texts().items() for each in references.wrong_units(text, units)])


if __name__ == "__main__":
    unittest.main()
