"""Moves the test's own process, and all that it starts, to a network of its own: every port is free there, 53 and 88 too, and
names mean what the test says. For a whole test file, since there is no way back. Needs root."""

import os
import subprocess
import tempfile
from pathlib import Path

from support import own_mounts

_CLONE_NEWNET = 0x40000000
_MS_BIND = 0x1000
_entered = []


def _lay_over(path, text):
    with tempfile.NamedTemporaryFile("w", suffix=Path(path).name, encoding="ascii", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    own_mounts.must(own_mounts.libc.mount(file.name.encode(), path.encode(), None, _MS_BIND, None), f"mounting over {path}")
    os.unlink(file.name)


def enter(names, search):
    """`names`: {name: address} for /etc/hosts; `search`: the domain of /etc/resolv.conf, whose name server is 127.0.0.1. Called
    again it does nothing."""
    if _entered:
        return
    own_mounts.enter()
    own_mounts.must(own_mounts.libc.unshare(_CLONE_NEWNET), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, capture_output=True)
    _lay_over("/etc/hosts", "".join(f"{address} {name}\n" for name, address in {"localhost": "127.0.0.1", **names}.items()))
    _lay_over(os.path.realpath("/etc/resolv.conf"), f"nameserver 127.0.0.1\nsearch {search}\n")
    _entered.append(True)
