"""sshd on a host whose services may be fenced, as examples/fence has it: its sshd_config and the line of authorized_keys."""

import contextlib
import os
import signal
from pathlib import Path

from support import tool
from support.sshd import Sshd, public_key

EXAMPLES = tool.SOURCE_DIR / "examples/fence"
OUR_OWN = ("Port", "HostKey", "AuthorizedKeysFile", "AllowUsers")


class FenceSshd(Sshd):
    """`host` is a FencedHost. force() says what the key runs there; None = the command of the example."""

    def __init__(self, host):
        lines = (EXAMPLES / "sshd_config").read_text(encoding="utf-8").splitlines()
        super().__init__(settings=[line for line in lines if line and not line.startswith(("#", *OUR_OWN))])
        self.host = host
        self.force(None)

    def force(self, command):
        line = (EXAMPLES / "authorized_keys").read_text(encoding="utf-8").splitlines()[-1]
        served = line.split('"')[1].replace("/usr/bin/fo-promote", str(tool.path("fo-promote")))
        served = served.replace("/etc/failover/failover.conf", f"{self.host.config} --state-dir {self.host.state}")
        line = line.replace(line.split('"')[1], (command or served).replace('"', '\\"'))
        options = line[:line.index(" ssh-ed25519 ")]
        self.authorized_keys.write_text(f"{options} {public_key(self.identity)}\n", encoding="ascii")

    def break_connections(self):
        """kill -9 to sshd's processes of the connections, and to nothing that they have started."""
        for pid in self.sessions():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() == "sshd":
                    os.kill(pid, signal.SIGKILL)

    def spec(self, timeout="20s", identity=None, known_hosts=None, **more):
        query = "".join(f"&{key.replace('_', '-')}={value}" for key, value in more.items())
        return (f"ssh://{self.user}@{self.address}:{self.port}?identity-file={identity or self.identity}"
                f"&known-hosts={known_hosts or self.known_hosts}&timeout={timeout}{query}")
