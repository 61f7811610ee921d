"""A restore of 50 files with hooks over an earlier one, to be stopped anywhere, and what must hold afterwards."""

import hashlib
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
    """What a reader sees: path -> (kind, mode, owner, digest)."""
    seen = {}
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != RESERVED)
        for name in folders + files:
            path = Path(folder) / name
            info = path.lstat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(info.st_mode) else ""
            seen[str(path.relative_to(root))] = (stat.S_IFMT(info.st_mode), stat.S_IMODE(info.st_mode), info.st_uid,
                                                 info.st_gid, digest)
    return seen


def write_zip(path, files, folders=()):
    """Deterministic: the same content gives the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in folders:
            archive.writestr(zipfile.ZipInfo(name + "/", (2026, 1, 2, 3, 4, 6)), b"")
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


class RestoreCase:
    """One place on disk with generation 1 restored and generation 2 to come; reset() brings that state back."""

    def __init__(self, folder, files=50, hooks=True, seed=7):
        self.base = Path(folder).resolve()
        self.base.mkdir(parents=True, exist_ok=True)
        self.work = self.base / "work"
        self.saved = self.base / "saved"
        self.live = self.work / "live"
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
        first = {f"d{i % 5}/s{i % 3}/f{i:03}": rng.randbytes(rng.randrange(1, 6000)) for i in range(files - 6)}
        first["db/main.db"] = rng.randbytes(9000)
        for i in range(5):
            first[f"gone/g{i}"] = rng.randbytes(100)
        second = dict(first)
        for i, name in enumerate(sorted(first)):
            if i % 2 == 0:
                second[name] = rng.randbytes(rng.randrange(1, 6000))
        for i in range(5):
            del second[f"gone/g{i}"]
            second[f"new/n{i}/file"] = rng.randbytes(200)
        assert len(second) == files
        write_zip(self.backups / "1.zip", first)
        write_zip(self.backups / "2.zip", second, folders=["empty"])

    def _make_start(self):
        self.live.mkdir(parents=True)
        (self.live / "mine").write_text("left alone\n")
        first = self.tool("--target", self.live, "--take-over", self.backups / "1.zip")
        assert first.status == 0, first
        for name in ("db/main.db-wal", "db/main.db-shm"):
            (self.live / name).write_text(name)
        (self.live / "d1/s1/f001").chmod(0o600)
        self.log.write_text("")
        shutil.copytree(self.work, self.saved, symlinks=True)
        self.old = snapshot(self.live)
        done = self.tool(*self.arguments)
        assert done.status == 0, done
        self.new = snapshot(self.live)
        assert self.old != self.new
        self.reset()

    @property
    def arguments(self):
        return ["--target", self.live, *self.with_hooks, self.backups / "2.zip"]

    @property
    def command(self):
        return [tool.path("fo-restore"), *self.arguments]

    @property
    def recovery(self):
        return [tool.path("fo-restore"), "--recover"]

    def tool(self, *arguments, **options):
        return tool.run("fo-restore", *arguments, env={"FO_STATE_DIR": str(self.state)}, **options)

    def reset(self):
        shutil.rmtree(self.work)
        subprocess.run(["cp", "-a", str(self.saved), str(self.work)], check=True)

    @property
    def marked(self):
        return (self.state / "restore/in-progress").exists()

    def state_of_tree(self):
        """"old", "new" or "mixed"."""
        now = snapshot(self.live)
        if now == self.old:
            return "old"
        return "new" if now == self.new else "mixed"

    # --- audits: each returns what is wrong, or nothing

    def audit_stopped(self):
        """Right after the stop: a mixed tree carries the marker (property all-or-nothing)."""
        if self.state_of_tree() == "mixed" and not self.marked:
            return ["half a tree without a marker"]
        return []

    def audit_recovered(self):
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
        if self.with_hooks and lines and not lines[-1].startswith("post"):
            wrong.append(f"hooks: {lines}")
        return wrong

    def audit_repeated(self, again):
        """The same command once more ends well with the new tree (property again)."""
        wrong = [] if again.status == 0 else [f"the same command again: {again}"]
        if self.state_of_tree() != "new":
            wrong.append("the same command again does not give the new tree")
        return wrong + self.audit_recovered()
