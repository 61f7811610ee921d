"""The PBX's own restore, started by fo-restore as another user with hooks, to be stopped anywhere, and what must hold afterwards.

The program puts its backup into two files, one after the other, so that half of it shows; it tells when two of it are at work.
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from crash.restore_case import write_zip
from support import tool
from support.server import wait_until

PROGRAM = """#!/bin/sh
mkdir OUT/at-work 2>/dev/null || { kill -0 "$(cat OUT/pid)" 2>/dev/null && echo OVERLAP >> OUT/log; }
echo $$ > OUT/pid
echo "begin $$" >> OUT/log
cat "$1" > OUT/first || exit 1
sleep 0.03
if test -e OUT/hang; then touch OUT/half; sleep 60; fi
cat "$1" > OUT/second || exit 1
rmdir OUT/at-work
echo end >> OUT/log
"""
STILL_AT_WORK = 8


def replace(source, copy):
    subprocess.run(["rm", "-rf", copy], check=True)
    subprocess.run(["cp", "-a", source, copy], check=True)


class ProgramCase:
    """Backup 1 restored and backup 2 to come; with rollback, the way back from 2. The interface is RestoreCase's.

    dies: the program dies with the tool, as when the whole host does; else it outlives the tool and ends well.
    """

    def __init__(self, folder, user, rollback=False, dies=False):
        self.base, self.user, self.rollback, self.dies = Path(folder), user, rollback, dies
        self.work, self.saved = self.base / "work", self.base / "saved"
        self.state, self.out, self.place = self.work / "state", self.work / "pbx", self.work / "place"
        self.log, self.program, self.hook = self.work / "hooks.log", self.base / "program", self.base / "hook"
        for path in (self.base, self.work, self.out, self.place):
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o755)
        os.chown(self.out, user.pw_uid, user.pw_gid)
        self.place.chmod(0o1777)
        self.program.write_text(PROGRAM.replace("OUT", str(self.out)))
        self.hook.write_text(f'#!/bin/sh\necho "$FO_HOOK_PHASE $FO_HOOK_RESULT" >> {self.log}\n')
        for path in (self.program, self.hook):
            path.chmod(0o755)
        self.backups = [self.base / "1.zip", self.base / "2.zip"]
        for number, backup in enumerate(self.backups):
            write_zip(backup, {f"f{i}": f"{number} {i}".encode() * 50 for i in range(5)})
        self.env = {"FO_STATE_DIR": str(self.state)}
        self.log.write_text("")
        for number in range(2 if rollback else 1):
            done = self.tool(*self.command_for(number))
            assert done.status == 0, done
        self.log.write_text("")
        replace(self.work, self.saved)

    @property
    def hooks(self):
        return ["--pre-hook", self.hook, "--post-hook", self.hook]

    def command_for(self, number):
        return [*self.hooks, "--run-as", self.user.pw_name, "--handover-dir", self.place, self.backups[number], "--", self.program, "{}"]

    @property
    def forward(self):
        return self.command_for(1)

    @property
    def command(self):
        return [tool.path("fo-restore"), *(["--rollback", *self.hooks] if self.rollback else self.forward)]

    @property
    def recovery(self):
        return [tool.path("fo-restore"), "--recover"]

    def tool(self, *arguments):
        """As a person would: while the program of the killed run is still at work, wait and type it again."""
        end = time.monotonic() + 20
        while True:
            done = tool.run("fo-restore", *arguments, env=self.env)
            if done.status != STILL_AT_WORK or time.monotonic() > end:
                return done
            time.sleep(0.02)

    def reset(self):
        self.end_program()
        replace(self.saved, self.work)

    def end_program(self):
        """Kills what a killed tool left at work, and waits until it is gone."""
        with contextlib.suppress(OSError, ValueError):
            group = int((self.out / "pid").read_text())
            if Path(f"/proc/{group}/cmdline").read_text().split("\0")[1] == str(self.program):
                os.killpg(group, signal.SIGKILL)
                while Path(f"/proc/{group}").exists():
                    time.sleep(0.005)

    def stop_in_the_middle(self):
        """Everybody dies while the program has done half of its work."""
        self.reset()
        (self.out / "hang").touch()
        process = tool.start("fo-restore", *self.command[1:], env=self.env)
        wait_until((self.out / "half").exists, "the program to be at work")
        process.kill()
        process.communicate()
        self.end_program()
        (self.out / "hang").unlink()
        assert self.marked and self.state_of_tree() == "mixed"

    @property
    def marked(self):
        return (self.state / "restore/in-progress").exists()

    def state_of_tree(self):
        """"old", "new" or "mixed"."""
        first, second = ((self.out / name).read_bytes() for name in ("first", "second"))
        if first != second or first not in [backup.read_bytes() for backup in self.backups]:
            return "mixed"
        return "old" if first == self.backups[0].read_bytes() else "new"

    # --- audits: each returns what is wrong, or nothing

    def audit_stopped(self):
        """Without a marker the program is not at work, and what it did is whole."""
        if self.dies:
            self.end_program()
        if not self.marked and self.state_of_tree() == "mixed":
            return ["half restored without a marker"]
        return []

    def audit_recovered(self):
        wrong = []
        tree = self.state_of_tree()
        if tree == "mixed":
            wrong.append("half restored")
        if self.marked:
            wrong.append("the marker is still there")
        status = self.tool("--status", "--json")
        if status.status != 0 or status.result["interrupted"] or status.result["in_progress"]:
            wrong.append(f"not closed: {status}")
        elif Path(status.result["backup"]).name != {"old": "1.zip", "new": "2.zip"}.get(tree):
            wrong.append(f"{tree} state, but it says {status}")
        if left := list(self.place.iterdir()):
            wrong.append(f"copies of the backup are left: {left}")
        if "OVERLAP" in (self.out / "log").read_text():
            wrong.append("two programs at work at once")
        lines = self.log.read_text().splitlines()
        if lines and not lines[-1].startswith("post"):
            wrong.append(f"hooks: {lines}")
        return wrong

    def audit_repeated(self, again):
        """Property again."""
        wrong = [] if again.status == 0 else [f"the same command again: {again}"]
        if self.state_of_tree() != "new":
            wrong.append("the same command again does not restore the new backup")
        return wrong + self.audit_recovered()

    def audit_back(self, back):
        """There is a way back, and it leads to one of the two backups as a whole."""
        return ([] if back.status == 0 else [f"no way back: {back}"]) + self.audit_recovered()
