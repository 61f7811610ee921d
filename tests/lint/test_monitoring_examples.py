"""The monitoring examples are what Nagios, Icinga 2 and Prometheus themselves accept, and the alerts use metrics that are written."""

import re
import shutil
import subprocess
import unittest

from support.tool import SOURCE_DIR, run, temporary_folder

EXAMPLES = SOURCE_DIR / "examples"
_METRIC = re.compile(r"\bfailover_[a-z_]+")
_NAGIOS = """log_file={0}/log
cfg_file={0}/objects.cfg
cfg_file={0}/failover.cfg
check_result_path={0}
temp_path={0}
status_file={0}/status
object_cache_file={0}/cache
nagios_user=root
nagios_group=root
illegal_macro_output_chars=`~$&|'"<>
"""
_NAGIOS_OBJECTS = """define timeperiod {
  timeperiod_name  always
  alias            always
  monday           00:00-24:00
}
define command {
  command_name  none
  command_line  /bin/true
}
define contact {
  contact_name                   admin
  host_notification_period       always
  service_notification_period    always
  host_notification_commands     none
  service_notification_commands  none
  host_notification_options      d
  service_notification_options   c
}
"""
_NAGIOS_HOST = "define host {{\n  host_name {0}\n  address 192.0.2.1\n{1}}}\n"
_NAGIOS_SERVICE = "define service {{\n  name generic-service\n  register 0\n{0}}}\n"
_OFTEN = "  max_check_attempts 3\n  contacts admin\n  check_period always\n  notification_period always\n"
_ICINGA = """object CheckerComponent "checker" { }
object Endpoint "pbx2" { }
object Zone "pbx2" { endpoints = [ "pbx2" ]; parent = "here" }
object Endpoint "here" { }
object Zone "here" { endpoints = [ "here" ] }
"""
_ICINGA_HOSTS = """template Service "generic-service" { max_check_attempts = 3 }
object CheckCommand "there" { command = [ "/bin/true" ] }
object Host "pbx1" { check_command = "there"; address = "192.0.2.11"; vars.pbx = true }
object Host "pbx2" { check_command = "there"; address = "192.0.2.12"; vars.pbx_standby = true }
"""


class MonitoringCase(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)

    def call(self, *command):
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)


class DaemonsTest(MonitoringCase):
    def nagios(self, text):
        hosts = "".join(_NAGIOS_HOST.format(name, _OFTEN) for name in ("pbx-active", "pbx-standby"))
        (self.folder / "objects.cfg").write_text(_NAGIOS_OBJECTS + hosts + _NAGIOS_SERVICE.format(_OFTEN), encoding="utf-8")
        (self.folder / "failover.cfg").write_text(text, encoding="utf-8")
        (self.folder / "nagios.cfg").write_text(_NAGIOS.format(self.folder), encoding="utf-8")
        return self.call("nagios4", "-v", self.folder / "nagios.cfg")

    def icinga(self, text):
        for name in ("data", "log", "cache", "spool", "run", "zones.d/here"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "main.conf").write_text(_ICINGA, encoding="utf-8")
        (self.folder / "zones.d/here/failover.conf").write_text(_ICINGA_HOSTS + text, encoding="utf-8")
        places = {"DataDir": "data", "LogDir": "log", "CacheDir": "cache", "SpoolDir": "spool", "InitRunDir": "run", "ConfigDir": ".", "ZonesDir": "zones.d"}
        return self.call("icinga2", "daemon", "-C", "-c", self.folder / "main.conf", "-DRunAsUser=root", "-DRunAsGroup=root", "-DNodeName=here",
                         "-DZoneName=here", *(f"-D{name}={self.folder / place}" for name, place in places.items()))

    def test_nagios(self):
        text = (EXAMPLES / "nagios/failover.cfg").read_text(encoding="utf-8")
        done = self.nagios(text)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"Checked 5 services\.(.|\n)*Total Warnings: 0\nTotal Errors:   0")
        self.assertNotEqual(self.nagios(text.replace("command_name  check_pbx\n", "command_name  check_pbxx\n")).returncode, 0)

    def test_icinga(self):
        text = (EXAMPLES / "icinga2/failover.conf").read_text(encoding="utf-8")
        done = self.icinga(text)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Instantiated 5 Services.", done.stdout)
        self.assertNotEqual(self.icinga(text.replace('"fo-restore-status" {', '"fo-restore-stat" {')).returncode, 0)

    def test_prometheus(self):
        folder = EXAMPLES / "prometheus"
        for command in (("check", "rules", folder / "alerts.yml"), ("test", "rules", folder / "alerts_test.yml")):
            done = self.call("promtool", *command)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for name in ("alerts.yml", "alerts_test.yml"):
            shutil.copy(folder / name, self.folder)
        rules = self.folder / "alerts.yml"
        rules.write_text(rules.read_text(encoding="utf-8").replace('{health="down"} == 1', '{health="down"} == 2'), encoding="utf-8")
        self.assertNotEqual(self.call("promtool", "test", "rules", self.folder / "alerts_test.yml").returncode, 0)


class MetricsTest(MonitoringCase):
    def written(self):
        """The metrics of the three tools and of the script, as they write them."""
        (self.folder / "store").mkdir()
        self.call("python3", "-c", f"import zipfile; zipfile.ZipFile('{self.folder}/store/a.zip', 'w').writestr('x', 'x')")
        (self.folder / "pbx").mkdir()
        state = ("--state-dir", self.folder / "state")
        run("fo-fetch", *state, "--metrics-file", self.folder / "fetch.prom", f"file://{self.folder}/store/")
        run("fo-restore", *state, "--metrics-file", self.folder / "restore.prom", "--target", self.folder / "pbx")
        run("fo-probe", *state, "--metrics-file", self.folder / "probe.prom", "--watch", "--assume-was-up", "--interval", "1s", "--fall", "1", "tcp://127.0.0.1:1")
        names = set()
        for path in self.folder.glob("*.prom"):
            done = subprocess.run(["promtool", "check", "metrics"], input=path.read_text(encoding="utf-8"), capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done)
            names |= set(re.findall(r"^# TYPE (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        return names

    def test_alerts_and_pages_use_what_is_written(self):
        names = self.written() | {"failover_ready_grade"}
        self.assertGreater(len(names), 20)
        alerts = set(_METRIC.findall((EXAMPLES / "prometheus/alerts.yml").read_text(encoding="utf-8")))
        self.assertGreater(len(alerts), 8)
        self.assertEqual(alerts - names, set())
        page = (SOURCE_DIR / "man/fo-fetch.1.scd").read_text(encoding="utf-8")
        self.assertEqual({name for name in names if name.startswith(("failover_fetch", "failover_backup"))} - set(_METRIC.findall(page)), set())
        page = (SOURCE_DIR / "man/fo-restore.1.scd").read_text(encoding="utf-8").replace("\\", "")
        self.assertEqual([name for name in names if name.startswith("failover_restore_") and name.removeprefix("failover_restore") not in page], [])
        page = (SOURCE_DIR / "man/fo-probe.1.scd").read_text(encoding="utf-8")
        self.assertEqual([name for name in names if name.startswith("failover_probe_") and f"*{name.removeprefix('failover_probe_')}*" not in page], [])

    def test_the_script_for_readiness(self):
        (self.folder / "bin").mkdir()
        stand_in = self.folder / "bin/fo-promote"
        for status in (0, 2, 3):
            stand_in.write_text(f"#!/bin/sh\n[ \"$1\" = ready ] || exit 9\nexit {status}\n", encoding="ascii")
            stand_in.chmod(0o755)
            target = self.folder / "ready.prom"
            done = subprocess.run([str(EXAMPLES / "prometheus/ready-textfile"), str(target)], env={"PATH": f"{self.folder}/bin:/usr/bin:/bin"}, check=False)
            self.assertEqual(done.returncode, 0)
            text = target.read_text(encoding="ascii")
            self.assertIn(f"\nfailover_ready_grade {status}\n", text)
            checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
            self.assertEqual((checked.returncode, checked.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
