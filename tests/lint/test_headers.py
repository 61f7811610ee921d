"""Every header compiles alone: whoever includes it needs nothing before it."""

import json
import os
import shlex
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lint import standard_names, tree
from lint.includes import includes
from support.tool import BUILD_DIR, SOURCE_DIR

_KEPT = ("-I", "-D", "-std", "-isystem")


def flags_by_folder(build=BUILD_DIR):
    """Folder (relative to the root) -> the flags that find and mean its headers, as the build compiles its sources."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        words = shlex.split(entry["command"])
        kept = [words[i - 1:i + 1] if words[i - 1] == "-isystem" else [word]
                for i, word in enumerate(words) if word.startswith(_KEPT[:3]) or words[i - 1] == "-isystem"]
        folder = Path(entry["file"]).parent
        if folder.is_relative_to(SOURCE_DIR):
            found.setdefault(folder.relative_to(SOURCE_DIR), [word for group in kept for word in group])
    return found


def compiles_alone(path, flags):
    """What the compiler has against a file with nothing but this header; empty if nothing."""
    done = subprocess.run(["g++", *flags, "-fsyntax-only", "-x", "c++", "-"], input=f'#include "{path}"\n', text=True,
                          capture_output=True, check=False)
    return done.stderr if done.returncode else ""


def proved_by_build(name, root=SOURCE_DIR):
    """True if a source includes this header first: then the build has compiled it with nothing of ours before it already."""
    source = root / name.with_suffix(".cpp")
    if not source.exists():
        return False
    first = includes(source.read_text(encoding="utf-8"))[:1]
    return first == [(True, str(Path(*name.parts[1:])))]


class HeadersTest(unittest.TestCase):
    def test_a_header_that_needs_another_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.hpp"
            path.write_text("#pragma once\nstd::string f();\n", encoding="ascii")
            self.assertIn("x.hpp", compiles_alone(path, ["-std=c++23"]))
            path.write_text("#pragma once\n#include <string>\nstd::string f();\n", encoding="ascii")
            self.assertEqual(compiles_alone(path, ["-std=c++23"]), "")

    def test_only_a_header_that_comes_first_is_proved_by_the_build(self):
        with tempfile.TemporaryDirectory() as folder:
            name = Path("lib/core/x.hpp")
            (Path(folder) / "lib/core").mkdir(parents=True)
            for text, proved in (('#include "core/x.hpp"\n', True), ('#include <string>\n#include "core/x.hpp"\n', False), ("", False)):
                (Path(folder) / "lib/core/x.cpp").write_text(text, encoding="ascii")
                self.assertEqual(proved_by_build(name, Path(folder)), proved)

    def test_public_headers(self):
        """By CMake's own verification of the header set."""
        done = subprocess.run(["cmake", "--build", str(BUILD_DIR), "--target", "all_verify_interface_header_sets"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_internal_headers(self):
        flags = flags_by_folder()
        headers = [name for name in tree.cxx_files()
                   if name.suffix == ".hpp" and name.parts[0] in ("lib", "tools") and name.parts[1] != "include"]
        self.assertGreater(len(headers), 10)
        homeless = [str(name) for name in headers if name.parent not in flags]
        self.assertEqual(homeless, [], "no source beside these headers is part of the build")
        headers = [name for name in headers if not proved_by_build(name)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(lambda name: compiles_alone(SOURCE_DIR / name, flags[name.parent]), headers))
        self.assertEqual([text for text in found if text], [], "\n".join(found))


class StandardNamesTest(unittest.TestCase):
    """The release build precompiles the standard headers, so it compiles what forgot one."""

    def test_a_forgotten_header_is_seen(self):
        own = {"core/y.hpp": "#include <string>\n"}
        for text, wrong in (("#include <string>\nstd::string f();\n", {}),
                            ("#include <vector>\nstd::string f();\n", {"string": "string"}),
                            ('#include "core/y.hpp"\nstd::string f();\n', {}),
                            ("// as std::map does\nconst char* a = \"std::set\";\n", {}),
                            ("#include <vector>\nauto f = std::ranges::find;\n", {"ranges::find": "algorithm"})):
            self.assertEqual(standard_names.forgotten(text, own.get), wrong, text)
        self.assertEqual(standard_names.unlisted("std::flat_map<int, std::string> m;"), ["flat_map"])

    def test_lib_and_tools(self):
        names = [name for name in tree.cxx_files() if name.parts[0] in ("lib", "tools")]
        headers = {str(Path(*name.parts[2 if "include" in name.parts else 1:])): tree.text(name) for name in names if name.suffix == ".hpp"}
        self.assertIn("core/url.hpp", headers)
        self.assertIn("failover/error.hpp", headers)
        for name in names:
            text = tree.text(name)
            self.assertEqual(standard_names.forgotten(text, headers.get), {}, name)
            if name.suffix == ".hpp":
                self.assertEqual(standard_names.unlisted(text), [], f"{name}: list in tests/lint/standard_names.py which header gives these")


if __name__ == "__main__":
    unittest.main()
