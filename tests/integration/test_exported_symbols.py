"""What the library exports is what lib/failover.symbols lists: whoever changes that knows that he changes the interface."""

import re
import subprocess
import sys
import unittest

from support.tool import BUILD_DIR, SOURCE_DIR

LIST = SOURCE_DIR / "lib" / "failover.symbols"
HEADER = """\
# What libfailover.so exports: functions, and what belongs to its classes. tests/integration/test_exported_symbols.py compares it.
#
# A line that is gone or changed breaks programs that are linked already: that needs a new minor version (CMakeLists.txt), which
# brings a new SONAME, and a library package of its name (packaging/debian). A new line alone breaks nobody. Inline functions,
# sizes of classes and orders of virtual functions are not seen here; a change of those needs a new minor version as well. Then:
#
#     cd tests && python3 -B -m integration.test_exported_symbols --write
#
"""


def exported():
    library = next(BUILD_DIR.glob("lib/**/libfailover.so"))
    done = subprocess.run(["nm", "-DC", "--defined-only", library], capture_output=True, text=True, check=True)
    found = set()
    for line in done.stdout.splitlines():
        kind, name = re.fullmatch(r"[0-9a-f]+ (\S) (.*)", line).groups()
        # Weak functions are templates and inline functions, of which every program has its own.
        if kind in "TDBR" or (kind == "V" and re.match(r"(typeinfo|typeinfo name|vtable|VTT) for failover::", name)):
            found.add(name)
    return found


def listed():
    return {line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}


class ExportedSymbolsTest(unittest.TestCase):
    def test_they_are_the_listed_ones(self):
        found, wanted = exported(), listed()
        self.assertGreater(len(wanted), 100)
        gone = [f"- {name}" for name in sorted(wanted - found)]
        new = [f"+ {name}" for name in sorted(found - wanted)]
        self.assertEqual(gone + new, [], "\n".join(["", *gone, *new, f"{LIST} says what to do"]))

    def test_nothing_of_the_inside_is_among_them(self):
        self.assertEqual([name for name in sorted(exported()) if "failover::" not in name], [])

    def test_the_version_the_soname_and_the_package_agree(self):
        version = re.search(r"project\(fo-tools VERSION (\d+\.\d+)\.\d+", (SOURCE_DIR / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)
        header = subprocess.run(["readelf", "-d", next(BUILD_DIR.glob("lib/**/libfailover.so"))], capture_output=True, text=True, check=True)
        self.assertIn(f"[libfailover.so.{version}]", header.stdout)
        packages = SOURCE_DIR / "packaging" / "debian"
        self.assertIn(f"\nPackage: libfailover{version}\n", (packages / "control").read_text(encoding="utf-8"))
        self.assertTrue((packages / f"libfailover{version}.install").is_file())
        self.assertIn(f"/libfailover{version}\n", (packages / "rules").read_text(encoding="utf-8"))


if __name__ == "__main__":
    if "--write" in sys.argv:
        LIST.write_text(HEADER + "".join(f"{name}\n" for name in sorted(exported())), encoding="utf-8")
    else:
        unittest.main()
