"""From nothing to a failover: fo-promote init for a pair, then only the commands that it and the shipped units say."""

import re
import shlex
import time
import unittest

from support import tool
from support.init_world import ACTIVE, MACHINE_IDS, STANDBY, InitWorld
from support.named import SERVICE
from support.server import wait_until

UNITS = tool.SOURCE_DIR / "packaging/systemd"


def shipped(world, unit):
    """The command that a unit of the package runs, with the configuration of the standby as that of its instance."""
    text = (UNITS / unit).read_text(encoding="utf-8")
    command = re.search(r"^ExecStart=(?:/bin/sh .*exec )?(fo-[^;'\n]+)", text, re.MULTILINE)[1]
    return shlex.split(command.replace("/etc/failover/%i.conf", str(world.config("standby"))))


def good_ends(unit):
    """With which statuses that unit has not failed."""
    also = re.search(r"^SuccessExitStatus=(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.MULTILINE)
    return [0, *(int(status) for status in (also[1].split() if also else []))]


class InitToFailover(unittest.TestCase):
    def good(self, done, *statuses):
        self.assertIn(done.status, statuses or (0,), done)
        return done

    def init(self, world):
        peer = world.config("active")  # on a shared disk here; else the printed scp
        start = world.pbx("standby")
        done = world.run("standby", "fo-promote", "init", "--json", "--peer-config", peer, "--service", SERVICE, "--node", "pbx2",
                         "--peer-machine-id", MACHINE_IDS["active"], "--services", "sip", "--interval", "1s",
                         "--source", f"sftp://root@192.0.2.3{world.store.store}/pbx-*.zip", "--identity-file", world.store.identity,
                         "--known-hosts", world.store.known_hosts, "--target", world.dir / "standby/pbx", "--start-hook", start,
                         "--dns", f"rfc2136://192.0.2.1/pbx.test?key-file={world.named.key('sha256')}", "--arbiter", "dns",
                         "--fence", f"exec://{world.dir}/power?kind=power", "--skip", "clock", "--skip", "gateways", "--max-backup-age", "7300d",
                         "--warn-backup-age", "7300d", "--min-uptime", "1s")  # adopt counts, too
        self.good(done, 3)
        said = {each["key"]: each["values"] for each in done.objects if each["type"] == "answer"}
        found = {each["key"]: each["text"] for each in done.objects if each["type"] == "finding"}
        self.assertIn("the newest backup there is pbx-1.zip", found["source"])
        self.assertEqual(said["address"], [STANDBY])
        self.assertEqual(said["peer-address"], [ACTIVE])  # where the name points
        self.assertEqual(said["peer"], ["pbx1"])
        self.assertEqual(said["reference"], ["tcp://192.0.2.1:53", "tcp://192.0.2.3:22"])  # what answered
        return [each["command"] for each in done.result["next"]]

    def test_the_whole_of_it(self):
        world = InitWorld(self)
        world.serve()
        commands = self.init(world)
        self.assertTrue(any(command.startswith("fo-promote adopt") for command in commands), commands)

        adopted = self.good(world.run("active", "fo-promote", "adopt", "--confirm", SERVICE))
        self.assertEqual(world.run("active", "fo-promote", "guard").status, 0, adopted)
        self.assertEqual(world.run("standby", "fo-promote", "guard").status, 4)

        for unit in ("fo-fetch@.service", "fo-restore@.service"):
            self.good(world.run("standby", *shipped(world, unit)), *good_ends(unit))
        self.assertTrue((world.dir / "standby/pbx/kamailio.cfg").exists())

        watch = world.start("standby", *shipped(world, "fo-watch@.service"))
        self.addCleanup(watch.kill)
        seen = world.dir / "standby/state/probe/seen-up"
        wait_until(seen.exists, "the watch to see the active host", 20)
        drill = world.run("standby", "fo-promote", "drill")
        self.assertIn(drill.status, (0,), drill)
        promotion = shipped(world, "fo-promote@.service")
        refused = world.run("standby", *promotion)
        self.assertEqual(refused.status, 4, refused)

        begun = time.monotonic()
        world.crash()
        self.assertEqual(tool.finish(watch, 60).status, 0)
        done = self.good(world.run("standby", *promotion), *good_ends("fo-promote@.service"))
        self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual(world.address, [STANDBY], done)
        self.good(world.run("standby", "fo-probe", f"sip://{STANDBY}"))
        self.assertEqual(world.run("standby", "fo-promote", "guard").status, 0)
        for unit in ("fo-recover.service", "fo-resume.service"):  # at the next boot
            self.good(world.run("standby", *shipped(world, unit)), *good_ends(unit))
        power = world.network.inside("standby", str(world.dir / "power"), "status")
        self.assertEqual(power.strip(), "off")


if __name__ == "__main__":
    unittest.main()
