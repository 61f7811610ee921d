"""clang-tidy over the changed files; `tests/lint/tidy --all` does all of them."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.tool import BUILD_DIR, SOURCE_DIR

TIDY = SOURCE_DIR / "tests" / "lint" / "tidy"
SLOPPY = "#include <utility>\nint f(int* p) {\n  if (p = nullptr) return 1;\n  int* q = std::move(p);\n  return *p + *q;\n}\n"


def tidy(script, build, *arguments):
    return subprocess.run([str(script), *arguments], env=dict(os.environ, BUILD=str(build)), capture_output=True, text=True, check=False)


def plant(folder, text):
    """A repository with one C++ file and our own rules."""
    (folder / "tests" / "lint").mkdir(parents=True)
    (folder / "tests" / "lint" / "tidy").write_bytes(TIDY.read_bytes())
    (folder / "tests" / "lint" / "tidy").chmod(0o755)
    (folder / ".clang-tidy").write_bytes((SOURCE_DIR / ".clang-tidy").read_bytes())
    (folder / "x.cpp").write_text(text, encoding="ascii")
    command = {"directory": str(folder), "file": str(folder / "x.cpp"), "command": f"g++ -std=c++23 -c {folder}/x.cpp"}
    (folder / "compile_commands.json").write_text(json.dumps([command]), encoding="ascii")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder / "tests" / "lint" / "tidy"


class TidyTest(unittest.TestCase):
    def test_a_new_sloppy_file_is_seen(self):
        with tempfile.TemporaryDirectory() as name:
            done = tidy(plant(Path(name), SLOPPY), name, "x.cpp")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("bugprone-assignment-in-if-condition", done.stdout)

    def test_a_clean_file_passes(self):
        with tempfile.TemporaryDirectory() as name:
            done = tidy(plant(Path(name), "int f();\nint f() { return 1; }\n"), name, "--all")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("1 files", done.stdout)

    def test_the_changed_files(self):
        done = tidy(TIDY, BUILD_DIR)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
