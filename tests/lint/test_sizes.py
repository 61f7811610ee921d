"""No file over 400 lines, no function over 60."""

import unittest
from pathlib import Path

from lint import tree
from lint.sizes import functions, long_file, long_functions

FOLDERS = ("lib", "tools", "tests", "examples", "packaging")
SAMPLE = '''#define BRACE {
namespace a {
struct S {
  int x{0};
  void f() const noexcept override {
    if (x) { g("}"); }
  }
  S() : x(1), y(2) {
  }
};
enum class E : int { a, b };
// a comment {
auto g(int n) -> int {
  auto l = [&](int k) {
    return k;
  };
  return R"(}}})"s.size() + '{' + 1'000;
}
}
'''


def body(lines):
    return "void f() {\n" + "  g();\n" * (lines - 2) + "}\n"


class RuleTest(unittest.TestCase):
    def test_functions_are_found(self):
        self.assertEqual(functions(SAMPLE), [(5, 7), (8, 9), (13, 18)])

    def test_a_long_function_is_seen(self):
        path = Path("lib/core/x.cpp")
        self.assertEqual(long_functions(path, body(60)), [])
        self.assertEqual(len(long_functions(path, body(61))), 1)
        self.assertEqual(len(long_functions(path, "namespace a {\nclass B {\n" + body(61) + "};\n}\n")), 1)
        self.assertEqual(len(long_functions(path, "TEST_CASE(\"x\") {\n" + "g();\n" * 60 + "}\n")), 1)
        self.assertEqual(len(long_functions(Path("tests/x.py"), "def f():\n" + "    g()\n" * 60)), 1)

    def test_a_long_file_is_seen(self):
        self.assertEqual(long_file(Path("x"), "\n" * 400), [])
        self.assertEqual(len(long_file(Path("x"), "\n" * 401)), 1)


class TreeTest(unittest.TestCase):
    def test_files(self):
        found = [line for name in tree.files() if name.parts[0] in FOLDERS and (text := tree.text(name)) is not None
                 for line in long_file(name, text)]
        self.assertEqual(found, [], "\n".join(["", *found]))

    def test_functions(self):
        names = [name for name in tree.files() if name.parts[0] in FOLDERS and name.suffix in (".cpp", ".hpp", ".py")]
        self.assertGreater(len(names), 30)
        found = [line for name in names for line in long_functions(name, tree.text(name))]
        self.assertEqual(found, [], "\n".join(["", *found]))


if __name__ == "__main__":
    unittest.main()
