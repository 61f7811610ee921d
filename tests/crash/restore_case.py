"""A restore with hooks into two directories over an earlier one, to be stopped anywhere, and what must hold afterwards."""

import os
import random
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

from support import tool

RESERVED = ".failover"


def snapshot(root):
    """What a reader sees: path -> (kind, mode, owner, content)."""
    seen = {}
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != RESERVED)
        for name in folders + files:
            path = os.path.join(folder, name)
            info = os.lstat(path)
            content = b""
            if stat.S_ISLNK(info.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(info.st_mode):
                with open(path, "rb", buffering=0) as file:
                    content = file.read()
            seen[os.path.relpath(path, root)] = (info.st_mode, info.st_uid, info.st_gid, content)
    return seen


def write_zip(path, files, folders=(), links=()):
    """Deterministic: the same content gives the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in folders:
            archive.writestr(zipfile.ZipInfo(name + "/", (2026, 1, 2, 3, 4, 6)), b"")
        for name, content in sorted({**files, **dict(links)}.items()):
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.external_attr = (stat.S_IFLNK | 0o777 if name in dict(links) else stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


class RestoreCase:
    """One place on disk with generation 1 restored and generation 2 to come; reset() brings that state back.

    What the archive holds beneath more/ goes to a second directory, on another file system if `second` lies on one.
    rollback: generation 2 is there, and it is the way back that is stopped.
    """

    def __init__(self, folder, files=50, hooks=True, seed=7, second=None, rollback=False):
        self.base = Path(folder).resolve()
        self.base.mkdir(parents=True, exist_ok=True)
        self.second = Path(second).resolve() if second else self.base / "second"
        self.second.mkdir(parents=True, exist_ok=True)
        self.work = self.base / "work"
        self.live = self.work / "live"
        self.more = self.second / "work/more"
        self.places = [(self.work, self.base / "saved"), (self.second / "work", self.second / "saved")]
        self.rollback = rollback
        self.state = self.work / "state"
        self.log = self.work / "hooks.log"
        self.backups = self.base / "backups"
        self.backups.mkdir(exist_ok=True)
        self.hook = self.base / "hook"
        self.hook.write_text(f'#!/bin/sh\necho "$FO_HOOK_PHASE $FO_HOOK_RESULT" >> {self.log}\n')
        self.hook.chmod(0o755)
        self._make_backups(files, random.Random(seed))
        self.env = {"FO_STATE_DIR": str(self.state)}
        self.with_hooks = ["--pre-hook", self.hook, "--post-hook", self.hook] if hooks else []
        self._make_start()

    def _make_backups(self, files, rng):
        folders = ("d0", "d1", "more/d2", "d3", "more/d4")
        first = {f"{folders[i % 5]}/s{i % 3}/f{i:03}": rng.randbytes(rng.randrange(1, 6000)) for i in range(files - 6)}
        first["db/main.db"] = rng.randbytes(9000)
        for i in range(5):
            first[f"{'more/' if i > 2 else ''}gone/g{i}"] = rng.randbytes(100)
        second = dict(first)
        for i, name in enumerate(sorted(first)):
            if i % 2 == 0:
                second[name] = rng.randbytes(rng.randrange(1, 6000))
        for i in range(5):
            del second[f"{'more/' if i > 2 else ''}gone/g{i}"]
            second[f"{'more/' if i > 2 else ''}new/n{i}/file"] = rng.randbytes(200)
        assert len(second) == files
        second["db/main.db"] = rng.randbytes(8000)  # so that its logs go, whether or not the files were copied before
        del second["d0/s0/f000"]
        second["becomes-a-folder/file"] = b"where a link was"
        write_zip(self.backups / "1.zip", first, links={"turns": "d0/s0", "goes": "db", "becomes-a-folder": "db/main.db"})
        write_zip(self.backups / "2.zip", second, folders=["empty"],
                  links={"turns": "d1", "comes": "db/main.db", "d0/s0/f000": "../../db"})

    def _make_start(self):
        self.live.mkdir(parents=True)
        self.more.mkdir(parents=True)
        (self.live / "mine").write_text("left alone\n")
        first = self.tool(*self.targets, "--take-over", self.backups / "1.zip")
        assert first.status == 0, first
        for name in ("db/main.db-wal", "db/main.db-shm"):
            (self.live / name).write_text(name)
        (self.live / "d1/s1/f001").chmod(0o600)
        self.log.write_text("")
        self._save()
        self.old = self.snapshot()
        done = self.tool(*self.forward)
        assert done.status == 0, done
        self.new = self.snapshot()
        assert self.old != self.new
        if self.rollback:
            self.log.write_text("")
            self._save()
        self.reset()

    def _save(self):
        for work, saved in self.places:
            subprocess.run(["rm", "-rf", str(saved)], check=True)
            subprocess.run(["cp", "-a", str(work), str(saved)], check=True)

    def snapshot(self):
        return snapshot(self.live), snapshot(self.more)

    @property
    def targets(self):
        return ["--target", self.live, "--map", f"more={self.more}", "--keep-undo", "2", "--symlinks", "inside"]

    @property
    def forward(self):
        return [*self.targets, *self.with_hooks, self.backups / "2.zip"]

    @property
    def arguments(self):
        return ["--rollback", *self.with_hooks] if self.rollback else self.forward

    @property
    def command(self):
        return [tool.path("fo-restore"), *self.arguments]

    @property
    def recovery(self):
        return [tool.path("fo-restore"), "--recover"]

    def tool(self, *arguments, **options):
        return tool.run("fo-restore", *arguments, env={"FO_STATE_DIR": str(self.state)}, **options)

    def reset(self):
        for work, saved in self.places:
            shutil.rmtree(work, ignore_errors=True)
            subprocess.run(["cp", "-a", str(saved), str(work)], check=True)

    @property
    def marked(self):
        return (self.state / "restore/in-progress").exists()

    def state_of_tree(self):
        """"old", "new" or "mixed"."""
        now = self.snapshot()
        if now == self.old:
            return "old"
        return "new" if now == self.new else "mixed"

    # --- audits: each returns what is wrong, or nothing

    def audit_stopped(self):
        """Right after the stop: a mixed tree carries the marker (property all-or-nothing)."""
        if self.state_of_tree() == "mixed" and not self.marked:
            return ["half a tree without a marker"]
        return []

    def audit_recovered(self, hooks=True):
        """After one further run: whole, closed, and the post-hook had the last word."""
        wrong = []
        tree = self.state_of_tree()
        if tree == "mixed":
            wrong.append("half a tree")
        if self.marked:
            wrong.append("the marker is still there")
        status = self.tool("--status", "--json")
        if status.status != 0 or status.result["interrupted"] or status.result["in_progress"]:
            wrong.append(f"not closed: {status}")
        elif status.result["generation"] != {"old": 1, "new": 2}.get(tree, 0) and tree != "mixed":
            # A run that was undone leaves its number unused: the next one counts on.
            if tree == "old" or status.result["generation"] < 2:
                wrong.append(f"{tree} tree, but generation {status.result['generation']}")
        if tree == "old" and (self.live / RESERVED).exists():
            left = sorted(path.name for path in (self.live / RESERVED).iterdir())
            if left != ["1"]:
                wrong.append(f"slots left over: {left}")
        lines = self.log.read_text().splitlines()
        if hooks and self.with_hooks and lines and not lines[-1].startswith("post"):
            wrong.append(f"hooks: {lines}")
        return wrong

    def audit_repeated(self, again, hooks=True):
        """The restore once more ends well with the new tree (property again)."""
        wrong = [] if again.status == 0 else [f"the same command again: {again}"]
        if self.state_of_tree() != "new":
            wrong.append("the same command again does not give the new tree")
        return wrong + self.audit_recovered(hooks)

    def audit_back(self, back):
        """No undo copy was lost: the way back is there, and leads to a whole tree."""
        wrong = [] if back.status == 0 else [f"no way back: {back}"]
        if self.state_of_tree() != "old" and not self.rollback:
            wrong.append("the way back does not lead to the old tree")
        return wrong + ([] if self.state_of_tree() != "mixed" else ["half a tree"])
