"""The completions in the tree are those of the option tables, and the three shells can use them."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from pathlib import Path

from lint.option_tables import TOOLS, command_names, commands, long_names
from support.tool import SOURCE_DIR, path

COMPLETIONS = SOURCE_DIR / "completions"


def bash(tool, *words):
    """What bash offers for the last of the words."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; '
              f'_{tool.replace("-", "_")}; printf "%s\\n" "${{COMPREPLY[@]}}"')
    done = subprocess.run(["bash", "-uc", script, "bash", str(COMPLETIONS / "bash" / tool), tool, *words],
                          capture_output=True, text=True, check=True)
    assert not done.stderr, done.stderr
    return done.stdout.split()


def fish(tool, line):
    """What fish offers at the end of the line, without the descriptions."""
    script = f"source {COMPLETIONS / 'fish' / (tool + '.fish')}; complete -C '{line}'"
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True,
                              env={"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8"})
    assert not done.stderr, done.stderr
    return [offered.split("\t")[0] for offered in done.stdout.splitlines()]


class Zsh:
    """An interactive zsh on a terminal of its own; press() types, waits for a text to appear, gives all that did."""

    def __init__(self, home):
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], {"PATH": os.environ["PATH"], "HOME": home, "TERM": "dumb", "LC_ALL": "C.UTF-8"})
        self.pid = pid
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 200, 0, 0))
        self.press(f"PS1='> '; LISTMAX=1000; fpath=({COMPLETIONS / 'zsh'} $fpath); autoload -Uz compinit; compinit -u -d {home}/dump; "
                   "print rea''dy\n", "ready")

    def press(self, keys, awaited):
        os.write(self.terminal, keys.encode())
        text, deadline = "", time.monotonic() + 10
        while awaited not in text:
            assert time.monotonic() < deadline, f"zsh does not offer {awaited!r} for {keys!r}: {text}"
            if select.select([self.terminal], [], [], 0.1)[0]:
                text += os.read(self.terminal, 65536).decode(errors="replace")
        return text

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


class CompletionsTest(unittest.TestCase):
    def test_the_tree_holds_what_the_option_tables_give(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([path("fo-completions"), folder], check=True)
            generated = sorted(name.relative_to(folder) for name in Path(folder).rglob("*") if name.is_file())
            self.assertEqual(len(generated), 13)
            for name in generated:
                self.assertEqual((SOURCE_DIR / name).read_text(), (Path(folder) / name).read_text(),
                                 f"{name} is stale: cmake --build build/release --target completions")

    def test_bash(self):
        for tool in TOOLS:
            self.assertEqual(set(bash(tool, "--")) - {"--help", "--version"},
                             {"--" + name for name in long_names(tool)} - {"--help", "--version"})
            self.assertEqual(bash(tool, "--state-d"), ["--state-dir"])
            self.assertEqual(bash(tool, "--color", "al"), ["always"])
            self.assertEqual(bash(tool, "--color", "=", "ne"), ["never"])
            self.assertEqual(bash(tool, "--timeout", ""), [])
            self.assertIn("/etc/passwd", bash(tool, "--config", "/etc/passw"))
        self.assertEqual(bash("fo-promote", "ru"), ["run"])
        self.assertEqual(sorted(bash("fo-promote", "dns", "")), sorted(name[4:] for name in commands("fo-promote") if name.startswith("dns ")))
        self.assertEqual(bash("fo-promote", "run", ""), [])
        self.assertEqual(bash("fo-promote", "init", "--peer-m"), ["--peer-machine-id"])
        self.assertEqual(bash("fo-promote", "run", "--peer-m"), [])
        self.assertEqual(bash("fo-promote", "init", "--pbx", "3"), ["3cx"])

    def test_fish(self):
        for tool in TOOLS:
            self.assertEqual(set(fish(tool, f"{tool} --")), {"--" + name for name in long_names(tool)})
            self.assertEqual(fish(tool, f"{tool} --color al"), ["always"])
            self.assertIn("/etc/passwd", fish(tool, f"{tool} --config /etc/passw"))
        self.assertEqual(fish("fo-promote", "fo-promote ru"), ["run"])
        self.assertIn("set", fish("fo-promote", "fo-promote dns se"))
        self.assertNotIn("set", fish("fo-promote", "fo-promote run se"))
        self.assertEqual(set(fish("fo-promote", "fo-promote init --")), {"--" + name for name in long_names("fo-promote") | command_names("fo-promote")})

    def test_zsh(self):
        with tempfile.TemporaryDirectory() as home:
            shell = Zsh(home)
            try:
                for tool in TOOLS:
                    shell.press(f"{tool} --state-d\t", "--state-dir")
                    shell.press("\x15", "")
                    shell.press(f"{tool} --color al\t", "always")
                    shell.press("\x15", "")
                    listed = shell.press(f"{tool} --\t\t", f"\n> {tool} --")
                    shell.press("\x15", "")
                    missing = [name for name in long_names(tool) if not re.search(rf"--{name}\b", listed)]
                    self.assertEqual(missing, [], listed)
                shell.press("fo-promote ru\t", "run")
                shell.press("\x15", "")
                shell.press("fo-promote dns sh\t", "show")
                shell.press("\x15", "")
                shell.press("fo-promote run --confir\t", "--confirm")
                shell.press("\x15", "")
                shell.press("fo-promote init --peer-m\t", "--peer-machine-id")
            finally:
                shell.close()


if __name__ == "__main__":
    unittest.main()
