"""Every script among the examples, run with stand-ins for the PBX's programs, ssh and the rest; our own tools are real where they can be."""

import json
import os
import re
import subprocess
import tarfile
import unittest

from support import fake_3cx_restore
from support.host_user import host_user
from support.pbx_backups import write_3cx, write_asterisk
from support.tool import BIN, SOURCE_DIR, temporary_folder

EXAMPLES = SOURCE_DIR / "examples"
# Run by tests of their own: test_quickstart, conformance/test_dns_exec, lint/test_monitoring_examples.
_ELSEWHERE = {"quickstart", "dns/dnscmd-over-ssh", "prometheus/ready-textfile"}


def scripts():
    found = {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*")
             if path.is_file() and path.read_bytes().startswith(b"#!") and "quickstart.d" not in path.parts}
    return found - _ELSEWHERE


class ScriptsCase(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        self.folder.chmod(0o755)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.calls = self.folder / "calls"
        self.calls.touch()
        self.etc = self.folder / "etc"
        (self.etc / "hooks").mkdir(parents=True)

    def stand_in(self, name, body="true"):
        """A program that writes down how it was called, and then does the body."""
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.calls}\n{body}\n', encoding="utf-8")
        path.chmod(0o755)
        return path

    def called(self):
        lines = self.calls.read_text(encoding="utf-8").splitlines()
        self.calls.write_text("", encoding="utf-8")
        return lines

    def play(self, name, *arguments, places=(), env=None, stdin="", wrapper=()):
        """A copy of the script with other places: /usr/sbin is that of the stand-ins."""
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        for old, new in (*places, ("/usr/sbin/", f"{self.bin}/"), ("/etc/failover/", f"{self.etc}/")):
            self.assertTrue(old in text or (old, new) not in places, (name, old))
            text = text.replace(old, str(new))
        script = self.folder / "script"
        script.write_text(text, encoding="utf-8")
        script.chmod(0o755)
        environment = {"PATH": f"{self.bin}:{BIN}:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "FO_STATE_DIR": str(self.folder / "state"),
                       "FO_CONFIG": str(self.folder / "failover.conf"), **(env or {})}
        (self.folder / "failover.conf").touch()
        return subprocess.run([*wrapper, str(script), *arguments], env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False)

    def good(self, done):
        self.assertEqual(done.returncode, 0, done)
        return done

    def store(self, write, *arguments, **shape):
        """A backup in a folder that fo-fetch is configured for."""
        (self.folder / "store").mkdir(exist_ok=True)
        write(self.folder / "store/backup.zip", *arguments, **shape)
        (self.folder / "failover.conf").write_text(f"[fetch]\nsource = file://{self.folder}/store/*.zip\nmax-age = 10000d\n", encoding="utf-8")


class AsteriskTest(ScriptsCase):
    def test_start_and_stop(self):
        self.stand_in("systemctl")
        self.stand_in("asterisk")
        self.good(self.play("asterisk/pbx-start"))
        self.assertEqual(self.called(), ["systemctl unmask asterisk.service", "systemctl start asterisk.service", "asterisk -rx core waitfullybooted"])
        self.good(self.play("asterisk/pbx-stop"))
        self.assertEqual(self.called(), ["systemctl stop asterisk.service"])
        self.stand_in("systemctl", "exit 1")
        self.assertNotEqual(self.play("asterisk/pbx-start").returncode, 0)

    def trees(self):
        places = []
        for name in ("/etc/asterisk", "/var/lib/asterisk", "/var/spool/asterisk"):
            (self.folder / "root" / name[1:]).mkdir(parents=True)
            places.append((f"={name} ", f"={self.folder}/root{name} "))
        return places

    def test_the_restore_of_every_night(self):
        places = self.trees()
        self.store(write_asterisk)
        self.stand_in("pbx-stop")
        (self.etc / "hooks/pbx-stop").symlink_to(self.bin / "pbx-stop")
        self.good(self.play("asterisk/restore", places=places))
        self.assertIn("sales", (self.folder / "root/etc/asterisk/queues.conf").read_text(encoding="utf-8"))
        self.assertEqual(len(self.called()), 1)
        self.store(write_3cx)
        self.assertEqual(self.play("asterisk/restore", places=places).returncode, 4)

    def test_the_restore_of_a_switchover(self):
        self.store(write_asterisk)
        self.good(self.play("switchover/restore-here", places=self.trees()))
        self.assertIn("sales", (self.folder / "root/etc/asterisk/queues.conf").read_text(encoding="utf-8"))

    def test_the_start_in_a_drill(self):
        self.stand_in("asterisk", "cat /etc/asterisk/mark; touch /run/asterisk/pid")
        for name in ("etc", "var/lib"):
            (self.folder / "drill" / name / "asterisk").mkdir(parents=True)
        (self.folder / "drill/etc/asterisk/mark").write_text("restored\n", encoding="ascii")
        made = "mkdir -p /etc/asterisk /var/lib/asterisk; exec"
        room = ["unshare", "--mount", "sh", "-c", f"mount -t tmpfs tmpfs /var/lib; mount -t overlay overlay -o lowerdir=/etc,upperdir={self.folder}/u,"
                f"workdir={self.folder}/w /etc || mount -t tmpfs tmpfs /etc; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /var/log; "
                f"mount -t tmpfs tmpfs /var/spool; {made} \"$@\"", "room"]
        (self.folder / "u").mkdir()
        (self.folder / "w").mkdir()
        done = self.good(self.play("asterisk/start-in-drill", env={"FO_HOOK_DIR": str(self.folder / "drill")}, wrapper=room))
        self.assertEqual(done.stdout, "restored\n")


class ThreeCxTest(ScriptsCase):
    def test_start_stop_and_the_stale_lock(self):
        for name, program in (("3cx/pbx-start", "3CXStartServices"), ("3cx/pbx-stop", "3CXStopServices")):
            self.stand_in(program)
            self.good(self.play(name))
            self.assertEqual(self.called(), [f"{program} "])
        lock = self.folder / "3cxpbx.sync"
        for at_work in (True, False):
            lock.touch()
            self.stand_in("pgrep", "true" if at_work else "false")
            self.play("3cx/3cx-clear", places=[("/tmp/3cxpbx.sync", lock)])
            self.assertEqual(lock.exists(), at_work)

    def test_the_restore(self):
        user = self.enterContext(host_user())
        program, out = fake_3cx_restore.install(self.folder, user.pw_uid, user.pw_gid)
        self.stand_in("clear", f"rm -f {out}/3cxpbx.sync")
        (self.etc / "hooks/3cx-clear").symlink_to(self.bin / "clear")
        (out / "3cxpbx.sync").touch()
        self.store(write_3cx)
        places = [("--run-as phonesystem", f"--run-as {user.pw_name}"), ("/usr/sbin/3CXRestoreCmd", program)]
        self.good(self.play("3cx/restore", places=places))
        self.assertEqual((out / "applied").read_bytes(), (self.folder / "store/backup.zip").read_bytes())
        (self.folder / "store/backup.zip").unlink()
        self.store(write_3cx, version="18.0.1")
        self.assertEqual(self.play("3cx/restore", places=places).returncode, 4)

    def test_the_guard_of_all_units(self):
        self.stand_in("systemctl", '[ "$1" = daemon-reload ] || printf "3CXPhoneSystem01.service enabled enabled\\n3CXMediaServer.service enabled enabled\\n"')
        done = self.good(self.play("3cx/install-guard", str(self.folder / "units")))
        self.assertEqual(done.stdout.split(), ["3CXPhoneSystem01.service", "3CXMediaServer.service"])
        self.assertEqual(self.called()[-1], "systemctl daemon-reload")
        drop_in = self.folder / "units/3CXMediaServer.service.d/failover.conf"
        drop_in.write_text(drop_in.read_text(encoding="ascii").replace("/usr/bin/fo-promote", f"{BIN}/fo-promote"), encoding="ascii")
        unit = self.folder / "units/3CXMediaServer.service"
        unit.write_text("[Service]\nExecStart=/bin/true\n", encoding="ascii")
        checked = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
        self.assertEqual([line for line in checked.stderr.splitlines() if str(self.folder) in line], [], checked)


class FreePbxTest(ScriptsCase):
    def backup(self, name, when):
        """A tar.gz of the shape that is publicly told."""
        facts = self.folder / "metadata.json"
        facts.write_text(json.dumps({"date": when, "modules": [{"module": "framework", "version": "16.0.40"}]}), encoding="ascii")
        (self.folder / "store").mkdir(exist_ok=True)
        with tarfile.open(self.folder / "store" / name, "w:gz") as archive:
            archive.add(facts, "metadata.json")
        os.utime(self.folder / "store" / name, (when, when))
        (self.folder / "failover.conf").write_text(f"[fetch]\nsource = file://{self.folder}/store/*.tar.gz\nmax-age = 10000d\n", encoding="utf-8")

    def test_the_newest_goes_to_its_own_restore(self):
        self.stand_in("fwconsole", "exit 0")
        for name in ("freepbx/pbx-start", "freepbx/pbx-stop"):
            self.good(self.play(name))
        self.assertEqual(self.called(), ["fwconsole start", "fwconsole stop"])
        (self.etc / "hooks/pbx-stop").symlink_to(self.stand_in("pbx-stop"))
        (self.folder / "failover.conf").write_text(f"[fetch]\nsource = file://{self.folder}/*.tar.gz\n", encoding="utf-8")
        self.assertEqual(self.play("freepbx/restore").returncode, 5)
        self.called()
        for name, when in (("20261123-010000-1-16.0.40.tar.gz", 1_795_086_400), ("20261122-010000-1-16.0.40.tar.gz", 1_795_000_000)):
            self.backup(name, when)
        self.good(self.play("freepbx/restore"))
        calls = self.called()
        self.assertRegex(calls[0], r"^fwconsole backup --restore=\S+/20261123-010000-1-16\.0\.40\.\S+\.tar\.gz$")
        self.assertEqual(calls[1:], ["pbx-stop "])


class OtherScriptsTest(ScriptsCase):
    def test_fences(self):
        self.stand_in("ipmitool", 'case "$*" in *status*) echo "Chassis Power is off" ;; esac')
        self.assertEqual(self.good(self.play("fence/fence-ipmi", "status")).stdout, "off\n")
        self.good(self.play("fence/fence-ipmi", "fence", "7"))
        self.assertRegex(self.called()[-1], r"^ipmitool -I lanplus -H 192\.0\.2\.111 .* chassis power off$")
        self.stand_in("ipmitool", "echo Unable to establish session; exit 1")
        self.assertNotEqual(self.play("fence/fence-ipmi", "status").returncode, 0)
        self.stand_in("ssh", 'case "$*" in *is-active*) echo inactive; exit 3 ;; esac')
        self.assertEqual(self.good(self.play("fence/fence-over-ssh", "status")).stdout, "off\n")
        self.good(self.play("fence/fence-over-ssh", "fence", "7"))
        self.assertRegex(self.called()[-1], r"sudo systemctl mask --now asterisk\.service$")
        self.stand_in("ssh", "exit 255")
        self.assertNotEqual(self.play("fence/fence-over-ssh", "status").returncode, 0)

    def test_hooks_and_notifiers(self):
        self.stand_in("ssh")
        self.good(self.play("switchover/backup-there"))
        self.assertRegex(self.called()[0], r"^ssh .*StrictHostKeyChecking=yes .* make-backup$")
        self.stand_in("logger")
        facts = {f"FO_NOTIFY_{name}": name.lower() for name in ("SERVICE", "NODE", "EPOCH", "MESSAGE")}
        for event, priority in (("unfinished", "crit"), ("done", "notice")):
            self.good(self.play("notify/log-it", env={**facts, "FO_NOTIFY_EVENT": event}))
            self.assertRegex(self.called()[0], rf"^logger -t failover -p daemon\.{priority} -- service: .* {event}: message$")

    def test_the_plugin_for_what_is_restored(self):
        done = self.good(self.play("nagios/check_failover_restore"))
        self.assertRegex(done.stdout, r"^RESTORE OK - ")
        (self.folder / "state/restore").mkdir(parents=True, exist_ok=True)
        (self.folder / "state/restore/in-progress").write_text("x", encoding="ascii")
        done = self.play("nagios/check_failover_restore")
        self.assertEqual(done.returncode, 2, done)


class PipelinesTest(ScriptsCase):
    def test_the_nightly_restore(self):
        self.store(write_3cx)
        (self.folder / "pbx").mkdir()
        with open(self.folder / "failover.conf", "a", encoding="utf-8") as file:
            file.write(f"[restore]\ntarget = {self.folder}/pbx\n")
        self.good(self.play("pipelines/nightly-restore"))
        self.assertTrue((self.folder / "pbx/CompanyDb.xml").exists())
        (self.folder / "store/backup.zip").unlink()
        self.assertEqual(self.play("pipelines/nightly-restore").returncode, 5)

    def test_a_watch_promotes_for_its_verdict_only(self):
        self.stand_in("fo-promote")
        for status, promoted in ((0, 1), (3, 0), (143, 0)):
            self.stand_in("fo-probe", f"exit {status}")
            self.play("pipelines/watch-and-promote")
            self.assertEqual([line.split()[:2] for line in self.called()].count(["fo-promote", "run"]), promoted, status)

    def test_the_name_alone(self):
        self.stand_in("fo-promote")
        self.good(self.play("pipelines/switch-dns-only"))
        self.assertRegex(self.called()[0], r"^fo-promote dns set --service pbx\.example\.com --from 192\.0\.2\.11 --to 192\.0\.2\.12 ")
        self.good(self.play("pipelines/planned-switchover-dns", "192.0.2.11", "192.0.2.12", "198.51.100.53", stdin="\n"))
        self.assertEqual([" ".join(line.split()[1:3]) for line in self.called()], ["dns set", "dns show", "dns set-ttl", "dns set", "dns verify", "dns set-ttl"])
        self.stand_in("fo-promote", 'case "$*" in *canary*) exit 4 ;; esac')
        self.assertNotEqual(self.play("pipelines/planned-switchover-dns", "192.0.2.11", "192.0.2.12", "198.51.100.53", stdin="\n").returncode, 0)
        self.assertEqual(len(self.called()), 1)

    def test_many_targets(self):
        (self.etc / "trunks").write_text("tcp://127.0.0.1:1\n", encoding="ascii")
        done = self.play("pipelines/probe-many")
        self.assertRegex(done.stdout, r"^tcp://127\.0\.0\.1:1: .*refused", done)


class CompleteTest(unittest.TestCase):
    def test_every_script_is_run(self):
        text = (SOURCE_DIR / "tests/integration/test_example_scripts.py").read_text(encoding="utf-8")
        named = set(re.findall(r'"([a-z0-9]+/[a-z0-9_-]+)"', text))
        self.assertEqual(scripts() - named, set())
        self.assertGreater(len(scripts()), 20)


if __name__ == "__main__":
    os.umask(0o022)
    unittest.main()
