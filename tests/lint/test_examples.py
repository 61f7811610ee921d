"""What people copy must be right: scripts, schedules, configurations, and every option that a text names."""

import os
import re
import subprocess
import unittest

from lint import tree
from lint.option_tables import TOOLS, command_names, long_names, short_names
from lint.test_config_keys import keys
from support.tool import BIN, SOURCE_DIR, temporary_folder

EXAMPLES = SOURCE_DIR / "examples"
_NODE_KEYS = {"address", "machine-id", "probe", "fence"}
_COMMAND = re.compile(r"\b(fo-(?:probe|fetch|restore|promote))\b([^|&;`\n)]*)")
_OPTION = re.compile(r"(?<!\S)(--[a-z][a-z0-9-]*|-[a-zA-Z])(?=[\s=\"']|$)")


def shell_scripts():
    found = []
    for name in tree.files():
        first = (tree.text(name) or "").split("\n", 1)[0]
        if re.match(r"#!/bin/(ba)?sh\b", first):
            found.append(name)
    return found


def wrong_options(text):
    """Options that a text gives to one of the tools and that this tool does not have."""
    found = []
    for tool, rest in _COMMAND.findall(text.replace("\\\n", " ")):
        known = {"--" + name for name in long_names(tool) | command_names(tool)} | {"-" + name for name in short_names(tool)} | {"--"}
        rest = re.split(r"\s--\s", rest)[0]
        found += [f"{tool} has no {option}" for option in _OPTION.findall(rest) if option not in known]
    return found


def wrong_keys(text):
    """Sections and keys of a configuration file that no tool knows."""
    found, section = [], ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            key = line.split("=")[0].strip()
            known = _NODE_KEYS if section.startswith("node.") else set().union(*map(keys, TOOLS)) if section == "common" else (
                keys("fo-" + section) if "fo-" + section in TOOLS else set())
            if key not in known:
                found.append(f"[{section}] has no {key}")
    return found


class RuleTest(unittest.TestCase):
    def test_wrong_options_are_seen(self):
        self.assertEqual(wrong_options("fo-fetch --nonsense x | fo-restore -"), ["fo-fetch has no --nonsense"])
        self.assertEqual(wrong_options("x && fo-promote run \\\n  --rollback"), ["fo-promote has no --rollback"])
        self.assertEqual(wrong_options("fo-restore -n --verify x -- prog --foreign"), [])
        self.assertEqual(wrong_options("see fo-fetch and ls --all"), ["fo-fetch has no --all"])

    def test_wrong_keys_are_seen(self):
        self.assertEqual(wrong_keys("# x\n[fetch]\nnonsense = 1\n[node.a]\naddress = x\ntarget = y\n"),
                         ["[fetch] has no nonsense", "[node.a] has no target"])


class ExamplesTest(unittest.TestCase):
    def test_shell_scripts(self):
        scripts = shell_scripts()
        self.assertGreater(len(scripts), 10)
        done = subprocess.run(["shellcheck", "--external-sources", *map(str, scripts)], cwd=SOURCE_DIR, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for name in scripts:
            self.assertTrue(os.access(SOURCE_DIR / name, os.X_OK), f"{name} is not executable")

    def test_units(self):
        folder = temporary_folder(self)
        units = sorted(path for path in EXAMPLES.rglob("*") if path.suffix in (".service", ".timer"))
        self.assertGreater(len(units), 1)
        for unit in units:
            text = unit.read_text(encoding="utf-8")
            (folder / unit.name).write_text(re.sub(r"^ExecStart=(fo-|/etc/failover/hooks/restore)", f"ExecStart={BIN}/fo-probe #\\1", text, flags=re.MULTILINE), encoding="utf-8")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *(str(folder / unit.name) for unit in units)],
                              capture_output=True, text=True, check=False)
        ours = [line for line in done.stderr.splitlines() if "3cx-" in line or str(folder) in line]
        self.assertEqual((done.returncode, ours), (0, []), done.stderr)

    def test_a_planted_fault_in_a_unit_is_seen(self):
        unit = temporary_folder(self) / "3cx-restore.service"
        unit.write_text((EXAMPLES / "3cx/3cx-restore.service").read_text(encoding="utf-8").replace("TimeoutStartSec=6h", "TimeoutStart=6h"), encoding="utf-8")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
        self.assertRegex(done.stderr, "Unknown key .*'TimeoutStart'")

    def test_the_hour_of_the_3cx_restore(self):
        when = re.search(r"^OnCalendar=(.*)$", (EXAMPLES / "3cx/3cx-restore.timer").read_text(encoding="utf-8"), re.MULTILINE)[1]
        done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=True)
        self.assertIn("01:00:00", done.stdout)

    def test_configurations(self):
        files = [path for path in EXAMPLES.rglob("failover.conf") if path.parent.name != "icinga2"]
        self.assertGreater(len(files), 3)
        for path in files:
            self.assertEqual(wrong_keys(path.read_text(encoding="utf-8")), [], str(path))

    def test_cron_lines(self):
        lines = [line for line in (EXAMPLES / "cron" / "failover").read_text(encoding="utf-8").splitlines() if line and line[0] in "*0123456789"]
        self.assertEqual(len(lines), 5)
        for line in lines:
            fields = line.split(maxsplit=6)
            for field in fields[:5]:
                self.assertRegex(field, r"^(\*(/\d+)?|\d+)$", line)
            self.assertEqual(fields[5], "root", line)
            self.assertEqual(subprocess.run(["sh", "-n", "-c", fields[6]], check=False).returncode, 0, line)

    def test_every_option_that_a_text_names_exists(self):
        texts = [name for name in tree.files() if name.parts[0] in ("examples", "packaging", "README.md")]
        found = [f"{name}: {line}" for name in texts for line in wrong_options(tree.text(name) or "")]
        self.assertEqual(found, [], "\n".join(["", *found]))

    def test_every_example_is_in_the_index(self):
        index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
        for name in sorted(EXAMPLES.iterdir()):
            if name.name not in ("README.md", "quickstart.d"):
                self.assertIn(f"`{name.name}{'/' if name.is_dir() else ''}`", index)


if __name__ == "__main__":
    unittest.main()
