"""fo-promote ready against a real BIND, real fence programs and real backups: what is wrong turns its row, and no other."""

import json
import unittest
import zlib
from datetime import datetime, timedelta, timezone

from integration.test_promote import PromoteCase
from integration.test_promote_etcd import ArbiterCase
from support import tool
from support.named import EPOCH_RECORD, SERVICE
from support.pair import NEW, OLD
from support.pbx_backups import write_3cx


def make_ready(case):
    """The active serves, a backup of it was restored here; whether this machine keeps its clock is not ours to test."""
    (case.pair.dir / "serving-old").touch()
    case.reconfigure(allow_stale_backup=[], warn_backup_age=["7300d"], max_backup_age=["7300d"], skip=["clock", "drill", "gateways"])
    backup = write_3cx(case.pair.dir / "night.zip")
    (case.pair.dir / "tree").mkdir()
    done = tool.run("fo-restore", "--state-dir", case.pair.state, "--target", case.pair.dir / "tree", backup)
    assert done.status == 0, done


def rows(done):
    """What is not ok: {"fence a": "critical"}; of views the name is left out."""
    bad = [each for each in done.objects if each["type"] == "check" and each["grade"] != "ok"]
    assert all(each["finding"] and each["remedy"] for each in bad), bad
    return {" ".join(part for part in (each["check"], each["about"].split(" ")[0]) if part and part != "rfc2136"): each["grade"] for each in bad}


class Ready(PromoteCase):
    def setUp(self):
        super().setUp()
        make_ready(self)

    def assert_ready(self, expected, *arguments, **options):
        done = self.pair.run("ready", *arguments, **options)
        self.assertEqual(rows(done), expected, done)
        status = 0 if not expected else {"critical": 2, "warning": 1, "unknown": 3}[
            min(expected.values(), key=["critical", "warning", "unknown"].index)]
        self.assertEqual(done.status, status, done)
        return done

    def test_a_standby_that_could_take_over(self):
        done = self.assert_ready({})
        names = {each["check"] for each in done.objects if each["type"] == "check"}
        self.assertLessEqual({"role", "arbiter", "record", "active", "fence", "name", "credentials", "ttl", "backup", "restore", "references",
                              "self-probes", "ports", "hooks", "disk"}, names)
        text = tool.run("fo-promote", "ready", "--config", self.pair.config, "--state-dir", self.pair.state)
        first = text.stdout.splitlines()[0]
        self.assertRegex(first, r"^PROMOTE OK - b could take .* \| 'backup_age'=\d+s;\d+;\d+ 'ttl'=60s;300; 'free'=\d+B;;1073741824: "
                                r"'critical'=0;; 'warning'=0;; 'unknown'=0;;$")
        self.assertEqual([line.count("|") for line in text.stdout.splitlines()[1:]], [0] * len(names))
        self.assert_untouched()

    def test_backup(self):
        self.assert_ready({"backup": "warning"}, "--warn-backup-age", "1s")
        self.assert_ready({"backup": "critical"}, "--warn-backup-age", "1s", "--max-backup-age", "1s")
        (self.pair.state / "restore/current").unlink()
        self.assert_ready({"backup": "critical"})

    def test_half_a_restore(self):
        (self.pair.state / "restore/in-progress").write_text('{"format":1}')
        self.assert_ready({"restore": "critical"})

    def test_credentials(self):
        self.reconfigure(dns=[self.pair.dns("plain")])  # may read, not write
        self.assert_ready({"credentials": "critical"})
        for key in ("wrong", "unknown"):  # what is signed by them is not answered at all
            self.reconfigure(dns=[self.pair.dns(key)])
            self.assert_ready({"name": "unknown", "credentials": "critical", "ttl": "unknown"})

    def test_name_server_that_is_gone(self):
        self.pair.named.kill()
        self.assert_ready({"name": "unknown", "credentials": "critical", "ttl": "unknown"}, "--timeout", "20s")

    def test_fence(self):
        self.pair.program("fencer", "#!/bin/sh\nexit 1\n")
        self.assert_ready({"fence a": "critical"})
        self.pair.program("fencer", "#!/bin/sh\necho off\n")
        self.assert_ready({"fence a": "critical"})  # it answers: the device is another host's
        self.reconfigure(fence=["operator"])
        self.assert_ready({"fence a": "warning"})

    def test_ttl_and_disk(self):
        self.assert_ready({"ttl": "warning"}, "--max-ttl", "59s")
        self.assert_ready({"disk": "critical"}, "--min-free", "900TB")

    def test_name(self):
        self.pair.nsupdate(f"update delete {SERVICE}. A", f"update add {SERVICE}. 60 A 127.0.0.99")
        self.assert_ready({"name": "critical"})
        self.pair.nsupdate(f"update delete {SERVICE}. A", f"update add {SERVICE}. 60 A {NEW}")
        self.assert_ready({"name": "critical"})

    def test_mark(self):
        self.pair.nsupdate(f'update add {EPOCH_RECORD}. 60 TXT "epoch=7 node=b time=2026-01-01T00:00:00Z"')
        self.assert_ready({"record": "critical"})

    def test_active_that_is_down(self):
        (self.pair.dir / "serving-old").unlink()
        self.assert_ready({"active a": "critical"})

    def test_probes_that_were_never_seen_up(self):
        self.reconfigure(assume_was_up=["false"])
        self.assert_ready({"seen-up a": "critical"})
        done = tool.run("fo-probe", "--watch", "--until", "up", "--state-dir", self.pair.state, "--interval", "100ms",
                        "--retry-interval", "100ms", self.pair.probe(OLD))
        self.assertEqual(done.status, 0, done)
        self.assert_ready({})

    def test_references(self):
        self.reconfigure(reference=[self.pair.probe("127.0.0.13"), "tcp://127.0.0.14:1"])
        self.assert_ready({"references": "warning"})
        self.reconfigure(reference=["tcp://127.0.0.13:1", "tcp://127.0.0.14:1"])
        self.assert_ready({"references": "critical"})
        self.reconfigure(reference=[])
        self.assert_ready({"references": "critical"})

    def test_self_probes_and_ports(self):
        (self.pair.dir / "serving-new").touch()
        self.assert_ready({"self-probes": "warning"})
        (self.pair.dir / "serving-new").unlink()
        self.reconfigure(probe=[self.pair.probe(OLD), f"tcp://{OLD}:{self.pair.port}"])
        self.assert_ready({"ports": "warning"})
        self.reconfigure(self_probe=[], probe=[self.pair.probe(OLD)])
        self.assert_ready({"self-probes": "warning"})

    def test_hooks(self):
        (self.pair.dir / "start").chmod(0o600)
        self.assert_ready({"hooks start-hook": "critical"})
        self.reconfigure(start_hook=[])
        self.assert_ready({"hooks start-hook": "warning"})
        # What was asked of the list is no error of the configuration for a run, either.
        self.reconfigure(start_hook=[self.pair.dir / "absent"], pre_hook=[self.pair.dir / "fencer"])
        self.assert_ready({"hooks start-hook": "critical"})

    def test_role(self):
        stopped = self.pair.dir / "serving-old"
        stopped.unlink()
        self.assertEqual(self.pair.promote("run", "--until", "fence").status, 9)
        stopped.touch()
        (self.pair.dir / "power").touch()
        self.assert_ready({"role": "critical"})

    def test_drill(self):
        self.reconfigure(skip=["clock", "gateways"])
        self.assert_ready({"drill": "warning"})
        (self.pair.state / "promote").mkdir(exist_ok=True)
        (self.pair.state / "promote/drills").write_text(f"{zlib.crc32(b'{}'):08x} {{}}\n")
        self.assert_ready({"drill": "critical"})

    def test_contents_and_gateways_of_what_is_restored(self):
        backup = write_3cx(self.pair.dir / "night2.zip", self.pair.dir, extensions=21)
        done = tool.run("fo-restore", "--state-dir", self.pair.state, "--target", self.pair.dir / "tree", backup)
        self.assertEqual(done.status, 0, done)
        current = json.loads((self.pair.state / "restore/current").read_text())
        self.assertEqual(current["gateways"], [{"name": "Carrier", "host": "sip.carrier.example", "port": 5060}])
        self.assertEqual(current["fqdn"], "pbx.example")
        self.assert_ready({"contents": "warning"})
        # The same gateway at an address where nobody speaks SIP.
        current["gateways"][0].update(host="127.0.0.13", port=1)
        current["fqdn"] = SERVICE
        (self.pair.state / "restore/current").write_text(json.dumps(current))
        self.reconfigure(skip=["clock", "drill"])
        self.assert_ready({"gateways Carrier": "warning"})

    def test_certificate_of_what_is_restored(self):
        current = json.loads((self.pair.state / "restore/current").read_text())
        soon = (datetime.now(timezone.utc) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        current["certificates"] = [{"path": "pbx.pem", "subject": f"CN={SERVICE}", "expires": soon}]
        (self.pair.state / "restore/current").write_text(json.dumps(current))
        self.assert_ready({"certificate pbx.pem": "critical"})

    def test_what_is_no_answer_is_unknown(self):
        for arguments in (["--skip", "nonsense"], ["--nonsense"], ["--min-free", "1"]):
            done = self.pair.run("ready", *arguments)
            self.assertEqual((done.status, done.result["status"]), (3, 3), done)
        text = tool.run("fo-promote", "ready", "--config", self.pair.config, "--skip", "nonsense")
        self.assertRegex(text.stdout, "^PROMOTE UNKNOWN - --skip 'nonsense' is no check; they are: role, ")

    def test_a_promotion_that_could_not_even_begin_is_critical(self):
        view = self.pair.dns()
        self.reconfigure(dns=[view.replace("key-file=", "key-file=/no/such")])
        done = self.pair.run("ready")
        self.assertEqual((done.status, done.result["status"], done.result["grade"]), (2, 2, "critical"), done)
        text = tool.run("fo-promote", "ready", "--config", self.pair.config, "--state-dir", self.pair.state)
        self.assertRegex(text.stdout, r"^PROMOTE CRITICAL - a promotion could not even begin: .*credential file: .*/no/such")

    def test_it_ends_with_its_deadline(self):
        self.pair.program("fencer", "#!/bin/sh\nsleep 60\n")
        self.assert_ready({"fence a": "critical"}, "--timeout", "2s")


class OnRecord(ArbiterCase):
    def setUp(self):
        super().setUp()
        self.adopt()
        make_ready(self)

    def test_a_record_that_agrees_and_one_that_is_gone(self):
        done = self.pair.run("ready")
        self.assertEqual((rows(done), done.status), ({}, 0), done)
        self.pair.nsupdate(f'update add {EPOCH_RECORD}. 60 TXT "epoch=9 node=a time=2026-01-01T00:00:00Z"')
        self.assertEqual(rows(self.pair.run("ready")), {"record": "critical"})
        self.pair.nsupdate(f"update delete {EPOCH_RECORD}. TXT")
        self.etcd.kill()
        self.assertEqual(rows(self.pair.run("ready")), {"arbiter": "critical", "record": "unknown"})

    def test_after_a_promotion_it_speaks_for_the_active_host(self):
        (self.pair.dir / "serving-old").unlink()
        self.assertIn(self.pair.promote().status, (0, 3))
        done = self.pair.run("ready")
        self.assertEqual((rows(done), done.status), ({}, 0), done)
        self.assertIn("is the active host", done.result["summary"])
        # The other one was fenced and knows nothing of it, but the record does.
        other = self.on_old_host("ready")
        self.assertEqual(rows(other)["record"], "critical", other)


if __name__ == "__main__":
    unittest.main()
