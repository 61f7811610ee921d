"""Builds a program once with every mutant in it, each asleep until FO_MUTANT names its number. The tree is not touched: mutated copies
of the sources are compiled as the build compiles them, and programs linked anew from what is built already."""

import json
import os
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.tool import BUILD_DIR, SOURCE_DIR

_ARCHIVE = "lib/libfailover_inside.a"
_SWITCH = """#include <cstdlib>
static inline bool fo_mutant(int number) {{
  const char* chosen = std::getenv("FO_MUTANT");
  return chosen != nullptr && std::atoi(chosen) == number;
}}
#line 1 "{path}"
"""


def mutated(table):
    """{file: its text with the mutants in it}; AssertionError for one whose place is gone, or is not one place."""
    texts = {}
    for number, mutant in enumerate(table, 1):
        text = texts.get(mutant.file) or (SOURCE_DIR / mutant.file).read_text(encoding="utf-8")
        assert text.count(mutant.old) == 1, f"{mutant.name}: {mutant.file} holds this {text.count(mutant.old)} times: {mutant.old}"
        texts[mutant.file] = text.replace(mutant.old, mutant.new.replace("MUT", f"fo_mutant({number})"))
    return {file: _SWITCH.format(path=SOURCE_DIR / file) + text for file, text in texts.items()}


class MutantBuild:
    """`bin` and `lib` of the mutated programs, beside links to the others."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.bin = self.folder / "bin"
        for name in ("bin", "lib", "object"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in BUILD_DIR.joinpath("bin").iterdir():
            self._link(self.bin / name.name, name)
        self._link(self.folder / "libexec", BUILD_DIR / "libexec")
        commands = json.loads((BUILD_DIR / "compile_commands.json").read_text(encoding="utf-8"))
        self._compile = {command["file"]: command["command"] for command in commands}
        self._objects = {}

    @staticmethod
    def _link(place, target):
        if not place.is_symlink() and not place.exists():
            place.symlink_to(target)

    @staticmethod
    def _call(command):
        done = subprocess.run(command, shell=True, cwd=BUILD_DIR, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _object(self, file, text):
        source = self.folder / "object" / file.replace("/", "_")
        made = Path(f"{source}.o")
        words = shlex.split(self._compile[str(SOURCE_DIR / file)])
        place = words.index("-o") + 1
        was = words[place]
        # As old as the build's own it may have been compiled with other headers.
        stale = not made.exists() or made.stat().st_mtime < (BUILD_DIR / was).stat().st_mtime
        if stale or not source.exists() or source.read_text(encoding="utf-8") != text:
            source.write_text(text, encoding="utf-8")
            words[place] = str(made)
            words[words.index("-c") + 1] = str(source)
            # Of what a mutant leaves unused nobody wants to hear.
            self._call(shlex.join([*words, f"-I{(SOURCE_DIR / file).parent}", "-w"]))
        return was, str(made)

    def compile(self, texts):
        with ThreadPoolExecutor(os.cpu_count()) as crew:
            self._objects = dict(crew.map(lambda item: self._object(*item), texts.items()))

    def link(self, target, to):
        """`target` as the build names it, such as bin/fo-fetch."""
        library = str(BUILD_DIR / "lib")
        whole = self._call(f"ninja -t commands {target}").splitlines()
        command = next(line for line in reversed(whole) if f"-o {target}" in line).removeprefix(": && ").removesuffix(" && :")
        words = [self._objects.get(word, word) for word in shlex.split(command)]
        if _ARCHIVE in words:  # before it, so that its own of the same name is not wanted
            place = words.index(_ARCHIVE)
            words[place:place] = self._objects.values()
        words[words.index("-o") + 1] = str(self.folder / to)
        new = str(self.folder / "lib")
        words = [word.replace(f"-Wl,-rpath,{library}", f"-Wl,-rpath,{new}") for word in words]
        words = [str(self.folder / word) if word.startswith("lib/libfailover.so") else word for word in words]
        (self.folder / to).unlink(missing_ok=True)
        self._call(shlex.join(words))

    def link_all(self):
        version = next(BUILD_DIR.joinpath("lib").glob("libfailover.so.*.*.*")).name
        self.link(f"lib/{version}", f"lib/{version}")
        soname = version.rsplit(".", 1)[0]
        self._link(self.folder / "lib" / soname, Path(version))
        for target in ("bin/fo-fetch", "bin/unit_archive", "bin/unit_fetch", "bin/unit_source", "bin/conformance_source"):
            self.link(target, target)
