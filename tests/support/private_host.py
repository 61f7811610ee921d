"""A network namespace that is a host of its own: addresses on its loopback, names in its own hosts file. Needs root."""

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000


class PrivateHost:
    def __init__(self, test, addresses, names):
        """`names`: {name: address}."""
        self.name = f"fo-host-{os.getpid()}-{id(self) % 100_000}"
        self._files = Path("/etc/netns") / self.name
        test.addCleanup(self._close)
        self._run("ip", "netns", "add", self.name)
        self._run(*self.wrapper, "ip", "link", "set", "lo", "up")
        for address in addresses:
            self._run(*self.wrapper, "ip", "address", "add", f"{address}/32", "dev", "lo")
        self._files.mkdir(parents=True)
        (self._files / "hosts").write_text("".join(f"{address} {name}\n" for name, address in names.items()), encoding="ascii")
        (self._files / "resolv.conf").write_text("nameserver 127.0.0.1\n", encoding="ascii")

    @property
    def wrapper(self):
        """What goes before a command that is to run there."""
        return ["ip", "netns", "exec", self.name]

    def listen(self, address, port):
        """A listening socket there: a socket stays in the namespace in which it was made."""
        made = []

        def make():
            with open(f"/run/netns/{self.name}", encoding="ascii") as namespace:
                if _libc.setns(namespace.fileno(), _CLONE_NEWNET) == 0:
                    made.append(socket.create_server((address, port)))
        thread = threading.Thread(target=make)  # setns moves one thread, which ends here
        thread.start()
        thread.join()
        assert made, f"no socket in {self.name}"
        return made[0]

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True, capture_output=True)

    def _close(self):
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True, check=False)
        shutil.rmtree(self._files, ignore_errors=True)
