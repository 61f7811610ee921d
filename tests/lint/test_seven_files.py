"""A new source is seven files or fewer, as CONTRIBUTING.md says: one is added to a copy of the tree, and found by the library."""

import json
import re
import shlex
import shutil
import subprocess
import unittest

from lint import families, includes, tree
from support.tool import BUILD_DIR, SOURCE_DIR, temporary_folder

PARTS = SOURCE_DIR / "tests/lint/seven_files"
_COPIED = ("lib/source", "man", "tests/conformance")
_MOST = 7


def insert_before(text, mark, new):
    assert text.count(mark) == 1, mark
    return text.replace(mark, new + mark)


class Copy:
    """A copy of the tree, to which the source made:// is added as CONTRIBUTING.md describes it."""

    def __init__(self, root):
        self.root = root
        for name in _COPIED:
            shutil.copytree(SOURCE_DIR / name, root / name)
        for family in families.FAMILIES:
            (root / "lib" / family).mkdir(exist_ok=True)
            shutil.copy(SOURCE_DIR / "lib" / family / "registry.cpp", root / "lib" / family)

    def change(self, name, *edits):
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        for mark, new in edits:
            text = insert_before(text, mark, new)
        path.write_text(text, encoding="utf-8")

    def add_source(self):
        for name, place in (("made.hpp.in", "lib/source"), ("made.cpp.in", "lib/source"), ("test_source_made.py.in", "tests/conformance")):
            shutil.copy(PARTS / name, self.root / place / name.removesuffix(".in"))
        self.change("lib/source/registry.cpp", ('#include "source/s3.hpp"\n', '#include "source/made.hpp"\n'),
                    ('Maker{"s3", make_s3_source}', 'Maker{"made", make_made_source}, '))
        self.change("lib/source/CMakeLists.txt", ("  location_settings.cpp", "  made.cpp\n"))
        self.change("man/fo-fetch.1.scd", ("*s3://*_BUCKET_/_PATH_[", "*made:///*_NAME_\n\tAn object that is made up.\n\n"))

    def touched(self):
        """Files that are new or other than in the tree."""
        found = []
        for path in sorted(self.root.rglob("*")):
            original = SOURCE_DIR / path.relative_to(self.root)
            if path.is_file() and not (original.is_file() and original.read_bytes() == path.read_bytes()):
                found.append(str(path.relative_to(self.root)))
        return found


class SevenFilesTest(unittest.TestCase):
    def setUp(self):
        self.root = temporary_folder(self)
        self.copy = Copy(self.root)

    def compile(self, name, out):
        """As the build compiles the sources' registry; what is in the copy goes before the tree."""
        commands = json.loads((BUILD_DIR / "compile_commands.json").read_text(encoding="utf-8"))
        command = next(each["command"] for each in commands if each["file"] == str(SOURCE_DIR / "lib/source/registry.cpp"))
        command = re.sub(r" -o \S+ -c \S+$", "", command)
        command = command.replace(f" -I{SOURCE_DIR}/lib ", f" -I{self.root}/lib -I{SOURCE_DIR}/lib ")
        done = subprocess.run([*shlex.split(command), "-o", str(out), "-c", str(name)], cwd=BUILD_DIR, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def linked(self):
        """A program that asks the library's factory, with the changed registry in the place of the library's own."""
        shutil.copy(PARTS / "use.cpp.in", self.root / "use.cpp")
        names = {"registry": self.root / "lib/source/registry.cpp", "made": self.root / "lib/source/made.cpp", "use": self.root / "use.cpp"}
        for name, source in names.items():
            self.compile(source, self.root / f"{name}.o")
        rules = (BUILD_DIR / "build.ninja").read_text(encoding="utf-8")
        libraries = re.search(r"CXX_SHARED_LIBRARY_LINKER__failover.*?\n  LINK_LIBRARIES = ([^\n]*)\n", rules, re.DOTALL)[1]
        flags = [flag for flag in shlex.split(next(iter(re.findall(r"-fsanitize=\S+", rules)), ""))]
        objects = [str(self.root / f"{name}.o") for name in names]
        done = subprocess.run(["g++", *flags, *objects, str(BUILD_DIR / "lib/libfailover_inside.a"), *shlex.split(libraries), "-o", str(self.root / "use")],
                              cwd=BUILD_DIR, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return subprocess.run([str(self.root / "use")], capture_output=True, text=True, check=False)

    def test_a_source_is_added_by_seven_files_at_most(self):
        self.assertEqual(self.copy.touched(), [])
        self.copy.add_source()
        touched = self.copy.touched()
        self.assertLessEqual(len(touched), _MOST, touched)
        self.assertEqual(families.problems(self.root), [])
        self.assertEqual([line for name in touched if name.endswith((".cpp", ".hpp"))
                          for line in includes.violations(tree.Path(name), (self.root / name).read_text(encoding="utf-8"))], [])
        done = self.linked()
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("made:///one 1 2\n", done.stdout)
        self.assertRegex(done.stdout, r"known are: .*\bmade\b")

    def test_what_is_left_out_is_seen(self):
        self.copy.add_source()
        (self.root / "tests/conformance/test_source_made.py").unlink()
        shutil.copy(SOURCE_DIR / "man/fo-fetch.1.scd", self.root / "man")
        self.assertEqual(families.problems(self.root), ["man/fo-fetch.1.scd has nothing on made", "tests/conformance has no test_source_*.py for made"])


class FamiliesTest(unittest.TestCase):
    def test_every_part_is_in_the_manual_and_in_the_suite(self):
        for family in families.FAMILIES:
            self.assertGreater(len(families.members(SOURCE_DIR, family)), 2, family)
        self.assertEqual(families.problems(SOURCE_DIR), [])


if __name__ == "__main__":
    unittest.main()
