"""A minimal Debian 12 in a folder, as debootstrap makes it; commands run in it with a process table of their own."""

import os
import shutil
import subprocess
from pathlib import Path

# What every installation of anything changes, and no package owns.
_BOOKKEEPING = ("var/lib/dpkg/", "var/lib/apt/", "var/cache/", "var/log/", "etc/ld.so.cache", "tmp/", "var/lib/systemd/",
                "etc/resolv.conf", "srv/packages/")


class Failed(Exception):
    """A command ended with a status that it should not have."""


def debootstrap(base):
    """Once; the copies that are installed into are made of it."""
    if not (base / "etc/debian_version").exists():
        shutil.rmtree(base, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", base], check=True, stdout=subprocess.DEVNULL)


class FreshDebian:
    def __init__(self, base, root):
        self.root = Path(root)
        subprocess.run(["cp", "-a", base, self.root], check=True)
        shutil.copyfile("/etc/resolv.conf", self.root / "etc/resolv.conf")
        # Nothing is started while packages are installed into a system that does not run.
        self.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        self.call("apt-get", "update", "-qq")

    def write(self, name, text, mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def call(self, *command, status=0, timeout=900):
        """What the command prints, both streams."""
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                       "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root",
                       **{name: os.environ[name] for name in ("http_proxy", "https_proxy") if name in os.environ}}
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={self.root}/proc", "chroot", str(self.root),
             *map(str, command)], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
            stdin=subprocess.DEVNULL, check=False)
        if done.returncode != status:
            raise Failed(f"{' '.join(map(str, command))}: ended with {done.returncode}, not {status}: {done.stdout.strip()[-2000:]}")
        return done.stdout

    def install(self, *packages):
        return self.call("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages)

    def files(self):
        """All but what every installation changes."""
        found = set()
        for folder, folders, names in os.walk(self.root):
            inside = os.path.relpath(folder, self.root)
            if inside in ("proc", "sys", "dev", "run"):
                folders.clear()
                continue
            found.update(os.path.normpath(os.path.join(inside, name)) for name in [*folders, *names])
        return {name for name in found if not f"{name}/".startswith(_BOOKKEEPING) and name not in _BOOKKEEPING}

    def owned(self):
        """Files of the packages that are installed, by their real paths: Debian's / has links for bin, lib and sbin."""
        listed = set()
        for path in (self.root / "var/lib/dpkg/info").glob("*.list"):
            for line in path.read_text(encoding="utf-8").splitlines():
                name = line.lstrip("/")
                listed.add(name)
                if name.split("/")[0] in ("bin", "lib", "lib64", "sbin"):
                    listed.add(f"usr/{name}")
        return listed
