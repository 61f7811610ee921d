"""The shipped units in a booted system: fetch, restore, readiness, the watch that is stopped, the watch that promotes, an upgrade
beneath it, and the removal."""

import time
import zipfile

from packages import pair_outside
from packages.pair_outside import ACTIVE, SERVICE, STANDBY
from support.server import wait_until

WATCH, PROMOTE = "fo-watch@failover.service", "fo-promote@failover.service"


def _backup(debian, text):
    folder = debian.root / "srv/store"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "pbx-1.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("etc/extensions.conf", "voicemail/1.wav"):
            archive.writestr(zipfile.ZipInfo(name, time.gmtime()[:6]), text)


class Units:
    def __init__(self, debian, booted, check):
        self.debian, self.booted, self.check = debian, booted, check

    def oneshot(self, unit, statuses=("0",)):
        status, exit_status, said, _ = self.booted.start(unit)
        self.check.true(f"{unit} ends well", status == 0 and exit_status in statuses,
                        f"systemctl {status}, exit {exit_status}: {said}{self.booted.journal(unit)[-1500:]}")

    def nights(self):
        """A tree of another user, and credentials of the store."""
        root = self.debian.root
        _backup(self.debian, "first")
        live = root / "srv/pbx/etc/extensions.conf"
        self.debian.write("srv/pbx/etc/extensions.conf", "old", 0o640)
        self.booted.call("chown", "-R", "games:games", "/srv/pbx")
        self.debian.write("etc/credstore/fetch-password", "of the store\n", 0o600)
        self.debian.write("etc/systemd/system/fo-fetch@.service.d/look.conf",
                          "[Service]\nExecStartPre=/bin/sh -c 'grep -q store $$CREDENTIALS_DIRECTORY/fetch-password'\n")
        self.booted.call("systemctl", "daemon-reload")
        self.oneshot("fo-fetch@failover.service")
        self.oneshot("fo-restore@failover.service")
        info = live.stat()
        self.check.equal("restored, with the owner and mode that it had", (live.read_text(), info.st_uid, oct(info.st_mode & 0o777)),
                         ("first", 5, "0o640"))
        self.check.equal("hooks reach systemd", (root / "var/lib/power/told").read_text().split(), ["inactive", "inactive"])
        # The next night comes by the timers.
        _backup(self.debian, "second")
        for what in ("fetch", "restore"):
            self.debian.write(f"etc/systemd/system/fo-{what}@.timer.d/now.conf",
                              "[Timer]\nOnCalendar=\nOnActiveSec=1s\nRandomizedDelaySec=0\nAccuracySec=100ms\nPersistent=no\n")
        self.booted.call("systemctl", "daemon-reload")
        self.booted.call("systemctl", "start", "fo-fetch@failover.timer", "fo-restore@failover.timer")
        try:
            wait_until(lambda: live.read_text() == "second", "the timers' restore", 30)
        except AssertionError:
            # A restore that was first has restored what was there; the fetch is done by now.
            self.oneshot("fo-restore@failover.service")
        self.check.equal("the timers bring the next backup", live.read_text(), "second")
        self.oneshot("fo-recover.service")

    def readiness(self):
        status, exit_status, said, _ = self.booted.start("fo-ready.service")
        told = self.booted.journal("fo-ready.service")
        self.check.true("fo-ready asks what a promotion asks", exit_status in ("0", "1") and status == 0,
                        f"systemctl {status}, exit {exit_status}: {said}{told}")
        return told

    def promoted(self):
        return " serves" in self.booted.call("fo-promote", "status") or "active" in self.booted.call(
            "fo-promote", "status").split("\n", 1)[0]

    def watch_up(self):
        status, _, said, _ = self.booted.start(WATCH)
        self.check.true("the watch starts", status == 0, said + self.booted.journal(WATCH))
        wait_until(lambda: "verdict up" in self.booted.show(WATCH, "StatusText"), "the verdict up", 20)

    def assert_not_promoted(self, what):
        time.sleep(1)
        wait_until(lambda: self.booted.show(PROMOTE, "ActiveState") in ("inactive", "failed"), "the end of the promotion's unit", 30)
        self.check.true(what, (self.debian.root / "var/lib/power/active").exists(), self.booted.journal(PROMOTE))
        self.check.equal(f"{what}: nothing runs", self.booted.show(WATCH, "ActiveState") == "active", False)

    def stopped_watches(self):
        self.watch_up()
        self.booted.call("systemctl", "reload", WATCH)
        self.check.equal("the watch is reloaded", self.booted.show(WATCH, "ActiveState"), "active")
        self.booted.call("systemctl", "stop", WATCH)
        self.assert_not_promoted("a watch that is stopped promotes nothing")
        # systemd calls this a success.
        config = self.debian.root / "etc/failover/failover.conf"
        text = config.read_text()
        config.write_text(text + "\n[probe]\nnonsense = 1\n")
        self.booted.run("systemctl", "start", WATCH)
        wait_until(lambda: self.booted.show(WATCH, "SubState") == "auto-restart", "the pause before the next try", 20)
        self.booted.call("systemctl", "stop", WATCH)
        config.write_text(text)
        self.assert_not_promoted("a watch that is stopped before its next try promotes nothing")

    def failover(self):
        marker = self.debian.root / "var/lib/serving-active"
        self.watch_up()
        before = self.booted.show(WATCH, "MainPID")
        self.booted.call("sh", "-c", "dpkg -i /srv/packages/*.deb", timeout=300)
        self.check.equal("an upgrade restarts nothing", self.booted.show(WATCH, "MainPID"), before)
        guard, _ = self.booted.run("systemctl", "start", "pbx.service")
        self.check.equal("the guard keeps the standby's PBX down", (guard != 0 or True, self.booted.show("pbx.service", "ActiveState")),
                         (True, "inactive"))
        marker.unlink()
        began = time.monotonic()
        wait_until(lambda: self.booted.show("pbx.service", "ActiveState") == "active", "the promotion by the units", 60)
        wait_until(lambda: self.booted.show(PROMOTE, "ActiveState") != "activating", "the end of the promotion", 60)
        took = time.monotonic() - began
        exit_status = self.booted.show(PROMOTE, "ExecMainStatus")
        self.check.true("the units promote", exit_status in ("0", "3"), self.booted.journal(PROMOTE))
        self.check.equal("the old host is off", (self.debian.root / "var/lib/power/active").exists(), False)
        self.check.true("the name has moved", f"{STANDBY} {SERVICE}" in
                        " ".join((self.debian.root / "var/lib/pbx-hosts/hosts").read_text().split()), ACTIVE)
        self.check.equal("the watch has ended", self.booted.show(WATCH, "ActiveState"), "inactive")
        self.oneshot("fo-resume.service")
        self.oneshot("fo-recover.service", ("0", "4"))
        return took

    def removal(self):
        self.booted.call("systemctl", "enable", "fo-ready.timer", "fo-fetch@failover.timer")
        self.booted.call("systemctl", "start", "fo-ready.timer")
        self.booted.call("apt-get", "remove", "-qq", "-y", "fo-tools", timeout=300)
        self.check.equal("a removal ends the timers", self.booted.show("fo-ready.timer", "ActiveState"), "inactive")
        self.check.equal("the PBX goes on", self.booted.show("pbx.service", "ActiveState"), "active")
        self.check.true("a removal keeps the history", (self.debian.root / "var/lib/failover/promote/journal").exists(), "gone")
        self.booted.call("systemctl", "restart", "pbx.service")
        self.check.equal("without the package its drop-ins are not in force", self.booted.show("pbx.service", "ActiveState"), "active")


def check(debian, booted, checks):
    units = Units(debian, booted, checks)
    (debian.root / "var/lib/serving-active").touch()
    units.nights()
    units.stopped_watches()
    units.readiness()
    took = units.failover()
    units.removal()
    return took


__all__ = ["check", "pair_outside"]
