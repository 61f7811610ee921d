"""The units that packages install: systemd understands them, they are confined as far as they can be, and a watch that was
stopped promotes nothing."""

import os
import re
import shutil
import subprocess
import unittest

from support.tool import BIN, SOURCE_DIR, temporary_folder

UNITS = SOURCE_DIR / "packaging" / "systemd"
DROP_INS = UNITS / "drop-ins"
# systemd's exposure level, at most: 10 is a service without any confinement. fo-fence.service is an sshd and has none.
EXPOSURE = {"fo-watch@.service": 1.5, "fo-observe@.service": 1.5, "fo-fetch@.service": 1.5, "fo-restore@.service": 2.5,
            "fo-recover.service": 2.5, "fo-promote@.service": 2.5, "fo-resume.service": 2.5, "fo-ready.service": 2.5}


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)


class UnitsTest(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        for unit in UNITS.iterdir():
            if unit.is_file():
                text = re.sub(r"^ExecStart=fo-", f"ExecStart={BIN}/fo-", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
                (self.folder / unit.name).write_text(text, encoding="utf-8")

    def assert_verified(self, *names):
        done = analyze("verify", "--man=no", *(self.folder / name for name in names))
        ours = [line for line in done.stderr.splitlines() if "fo-" in line or str(self.folder) in line]
        self.assertEqual((done.returncode, ours), (0, []), done.stderr)

    def test_systemd_understands_them(self):
        names = sorted(path.name for path in self.folder.iterdir())
        self.assertGreater(len(names), 10)
        self.assert_verified(*names)

    def test_they_are_confined(self):
        services = {path.name for path in UNITS.glob("*.service")}
        self.assertEqual(services, {*EXPOSURE, "fo-fence.service"}, "a service without a limit for its exposure")
        for name, limit in EXPOSURE.items():
            done = analyze("security", "--offline=yes", "--no-pager", f"--threshold={round(limit * 10)}", UNITS / name)
            self.assertEqual(done.returncode, 0, f"{name} may have an exposure of {limit}\n{done.stdout}{done.stderr}")

    def test_every_confined_unit_says_why_it_is_not_more_so(self):
        for name in EXPOSURE:
            text = (UNITS / name).read_text(encoding="utf-8")
            self.assertRegex(text, r"(?m)^# .*([Cc]onfined|[Ee]xception|says why)", name)

    def test_drop_ins_fit(self):
        for name, units in {"ping.conf": ("fo-watch@.service", "fo-observe@.service"),
                            "program.conf": ("fo-restore@.service", "fo-recover.service")}.items():
            for unit in units:
                folder = self.folder / f"{unit}.d"
                folder.mkdir()
                shutil.copy(DROP_INS / name, folder / name)
                self.assert_verified(unit)
        self.assertEqual({path.name for path in DROP_INS.iterdir()},
                         {"ping.conf", "program.conf", "only-the-active.conf", "no-half-restore.conf"})

    def test_the_pbx_waits_for_the_recovery_and_asks_the_guard(self):
        marker = self.folder / "in-progress"
        drop_in = (DROP_INS / "no-half-restore.conf").read_text(encoding="utf-8")
        condition = re.search(r"^ConditionPathExists=!/var/lib/failover/restore/in-progress$", drop_in, re.MULTILINE).group(0)
        for there in (False, True):
            if there:
                marker.touch()
            done = analyze("condition", condition.replace("/var/lib/failover/restore/in-progress", str(marker)))
            self.assertEqual(done.returncode != 0, there, done)
        (self.folder / "asterisk.service.d").mkdir()
        for name in ("no-half-restore.conf", "only-the-active.conf"):
            text = (DROP_INS / name).read_text(encoding="utf-8")
            (self.folder / "asterisk.service.d" / name).write_text(text.replace("=+fo-", f"=+{BIN}/fo-"), encoding="utf-8")
        (self.folder / "asterisk.service").write_text("[Service]\nUser=daemon\nExecStart=/bin/true\n", encoding="utf-8")
        self.assert_verified("asterisk.service", "fo-recover.service")

    def test_only_the_verdict_of_a_watch_promotes(self):
        """The command of the unit, with an fo-promote that says that it was run."""
        text = (UNITS / "fo-promote@.service").read_text(encoding="utf-8")
        script = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", text, re.MULTILINE).group(1).replace("$$", "$")
        promote = self.folder / "bin" / "fo-promote"
        promote.parent.mkdir()
        promote.write_text('#!/bin/sh\necho "ran $*"\n', encoding="ascii")
        promote.chmod(0o755)
        watch = "fo-watch@failover.service"
        for told, runs in ({}, True), ((watch, "exited", "0"), True), ((watch, "exited", "143"), False), \
                ((watch, "killed", "TERM"), False), ((watch, "", ""), False), ((watch, "exited", "3"), False):
            names = ("MONITOR_UNIT", "MONITOR_EXIT_CODE", "MONITOR_EXIT_STATUS")
            environment = {"PATH": f"{promote.parent}:{os.environ['PATH']}", **dict(zip(names, told))}
            done = subprocess.run(["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, "ran run --unattended" in done.stdout), (0, runs), (told, done))


if __name__ == "__main__":
    unittest.main()
