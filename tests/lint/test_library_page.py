"""libfailover(3): its pieces of code, one after the other, are a program that compiles without a warning, links and runs."""

import re
import subprocess
import unittest

from support.tool import BUILD_DIR, SOURCE_DIR, temporary_folder

PAGE = SOURCE_DIR / "man" / "libfailover.3.scd"
_BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What the interface has, each with a piece of code that uses it.
_NAMES = ("Result", "FO_TRY", "Context", "Events", "make_observer", "make_watch", "make_witnesses", "make_source", "make_fetcher",
          "make_restorer", "make_dns_view", "make_fencer", "Arbiter", "make_notifier", "promote(")


def program(page):
    return "\n".join(_BLOCK.findall(page)).replace("\\\\", "\\")


class LibraryPageTest(unittest.TestCase):
    def compiled(self, source):
        folder = temporary_folder(self)
        (folder / "example.cpp").write_text(source, encoding="utf-8")
        done = subprocess.run(["g++", "-std=c++23", "-O0", "-Wall", "-Wextra", "-Werror", f"-I{SOURCE_DIR / 'lib/include'}", str(folder / "example.cpp"),
                               "-o", str(folder / "example"), f"-L{BUILD_DIR / 'lib'}", "-lfailover", f"-Wl,-rpath,{BUILD_DIR / 'lib'}"],
                              capture_output=True, text=True, check=False)
        return done, folder / "example"

    def test_the_code_of_the_page_is_a_program(self):
        source = program(PAGE.read_text(encoding="utf-8"))
        for name in _NAMES:
            self.assertIn(name, source)
        done, example = self.compiled(source)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        ran = subprocess.run([str(example)], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran)
        self.assertRegex(ran.stdout, r"^127\.0\.0\.1 down: 0\nusage: 'gopher' is no kind of source")

    def test_every_public_header_is_named(self):
        page = PAGE.read_text(encoding="utf-8")
        missing = [path.name for path in (SOURCE_DIR / "lib/include/failover").glob("*.hpp") if path.name not in page and path.name != "export.hpp"]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
