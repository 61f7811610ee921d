"""clang-format has nothing to change."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from lint import tree
from support.tool import SOURCE_DIR


def unformatted(files, root=SOURCE_DIR):
    """What clang-format-19 would change, as its own messages; empty if nothing."""
    done = subprocess.run(["clang-format-19", "--dry-run", "-Werror", f"--style=file:{SOURCE_DIR / '.clang-format'}", *map(str, files)],
                          cwd=root, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


class FormatTest(unittest.TestCase):
    def test_a_badly_formatted_file_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.cpp"
            path.write_text("int  f( ){return 1 ;}\n", encoding="ascii")
            self.assertIn("clang-format-violations", unformatted([path]))
            path.write_text("int f();\n", encoding="ascii")
            self.assertEqual(unformatted([path]), "")

    def test_the_tree(self):
        self.assertEqual(unformatted(tree.cxx_files()), "")


if __name__ == "__main__":
    unittest.main()
