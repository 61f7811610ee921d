"""A system in a folder, booted: systemd is process 1 of namespaces of its own. The network is that of the caller."""

import os
import subprocess
import time
from pathlib import Path

from support.server import wait_until

# pivot_root, so that nothing of this host is to be seen; API file systems as a container has them.
_START = r"""
set -e
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do touch dev/$node; mount --bind /dev/$node dev/$node; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t cgroup2 cgroup2 sys/fs/cgroup
mkdir -p mnt
pivot_root . mnt
umount -l /mnt
# systemd leaves this to whoever started a container; credentials come to a unit that way.
mount --make-rshared /
exec env -i container=fo-packages PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd
"""


def _cgroups():
    """Where this host has version 2 of control groups; systemd needs a subtree of its own there."""
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, where, kind = line.split()[:3]
        if kind == "cgroup2":
            return Path(where)
    raise AssertionError("this host has no control groups of version 2, which systemd needs")


class Booted:
    """Use as a context manager; the end takes every process of it along."""

    def __init__(self, root):
        self.root = root
        self.group = _cgroups() / f"fo-packages-{os.getpid()}"

    def __enter__(self):
        self.group.mkdir()

        def move():
            (self.group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        self.outer = subprocess.Popen(["unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child",
                                       "/bin/bash", "-c", _START, "start", str(self.root)], preexec_fn=move,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.init = wait_until(self._child, "process 1", 10)
        wait_until(lambda: self.call("systemctl", "is-system-running").strip() in ("running", "degraded"), "the end of the boot", 60)
        return self

    def _child(self):
        children = Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text(encoding="ascii").split()
        if self.outer.poll() is not None:
            raise AssertionError(f"the system did not boot: {self.outer.stderr.read().decode()}")
        if not children or Path(f"/proc/{children[0]}/comm").read_text(encoding="ascii").strip() != "systemd":
            return None
        return children[0]

    def __exit__(self, *_):
        self.outer.kill()
        self.outer.wait()
        self.outer.stderr.close()
        wait_until(lambda: "populated 0" in (self.group / "cgroup.events").read_text(encoding="ascii"), "the end of all", 20)
        for folder, _, _ in os.walk(self.group, topdown=False):
            os.rmdir(folder)

    def run(self, *command, timeout=120):
        done = subprocess.run(["nsenter", "--target", self.init, "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--root", "--wd=/",
                               "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
                               *map(str, command)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                              stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout

    def call(self, *command, timeout=120):
        return self.run(*command, timeout=timeout)[1]

    def show(self, unit, what):
        return self.call("systemctl", "show", "--value", "--property", what, unit).strip()

    def journal(self, unit):
        return self.call("journalctl", "--no-pager", "--output=cat", "--unit", unit)

    def start(self, unit):
        """Starts it and tells its exit status; for a oneshot that is after its end."""
        began = time.monotonic()
        status, said = self.run("systemctl", "start", unit, timeout=300)
        return status, self.show(unit, "ExecMainStatus"), said, time.monotonic() - began
