"""OpenSSH's sshd as a backup store: its own host keys, user keys, log and folder of backups, on a free loopback port."""

import getpass
import os
import subprocess
from pathlib import Path

from support.server import Server, free_port, runs, tcp_accepts, wait_until


def make_key(path, kind="ed25519", passphrase="", *options):
    """A key pair; returns the private one's path."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path), *options], check=True)
    return Path(path)


def public_key(path):
    """Type and base64 of the public key beside a private one."""
    return " ".join(Path(f"{path}.pub").read_text(encoding="ascii").split()[:2])


class Sshd(Server):
    """Accepts `identity` (and every key of `authorize`) for the user who runs the test. `store` holds the backups."""

    program = "sshd"

    def __init__(self, host_keys=("ed25519", "ecdsa"), authorize=(), settings=()):
        super().__init__()
        self.address = "127.0.0.1"
        self.port = free_port()
        self.user = getpass.getuser()
        self.store = self.dir / "store"
        self.store.mkdir()
        self.identity = make_key(self.dir / "id_ed25519")
        self.host_keys = [make_key(self.dir / f"host_{kind}", kind) for kind in host_keys]
        self.settings = list(settings)
        self.known_hosts = self.dir / "known_hosts"
        self.known_hosts.write_text("".join(self.known_hosts_line(key) for key in self.host_keys), encoding="ascii")
        self.authorized_keys = self.dir / "authorized_keys"
        self.authorize(self.identity, *authorize)
        self.pid_file = self.dir / "sshd.pid"
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # sshd, started as root, insists on it

    def known_hosts_line(self, key, host=None):
        return f"{host or f'[{self.address}]:{self.port}'} {public_key(key)}\n"

    def authorize(self, *keys):
        with open(self.authorized_keys, "a", encoding="ascii") as file:
            file.writelines(public_key(key) + "\n" for key in keys)

    def url(self, path=""):
        """The location of a name in the store; "" is the store as a folder."""
        return f"sftp://{self.user}@{self.address}:{self.port}{self.store}/{path}"

    def options(self):
        """What fo-fetch needs to get in."""
        return ["--identity-file", str(self.identity), "--known-hosts", str(self.known_hosts)]

    def command(self):
        lines = [f"Port {self.port}", f"ListenAddress {self.address}", f"PidFile {self.pid_file}",
                 f"AuthorizedKeysFile {self.authorized_keys}", "StrictModes no", "UsePAM no", "KbdInteractiveAuthentication no",
                 "PasswordAuthentication no", "Subsystem sftp internal-sftp", "LogLevel VERBOSE",
                 *(f"HostKey {key}" for key in self.host_keys)]
        # sshd takes the first value of a setting that it meets.
        config = self.dir / "sshd_config"
        config.write_text("\n".join([*self.settings, *lines]) + "\n", encoding="ascii")
        return ["/usr/sbin/sshd", "-D", "-e", "-f", str(config)]

    def sessions(self):
        """The processes of the connections; sshd puts them into sessions of their own."""
        found = []
        todo = [self.pid]
        while todo:
            pid = todo.pop()
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            except FileNotFoundError:
                continue
            todo += map(int, children)
            found += map(int, children)
        return found

    @property
    def whole_log(self):
        """The log once every connection has ended: before, sshd may not have written what it answered."""
        wait_until(lambda: not any(map(runs, self.sessions())), "the connections to end")
        return self.log

    def signal_sessions(self, number):
        for pid in self.sessions():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def signal_group(self, number):
        self.signal_sessions(number)
        super().signal_group(number)

    def ready(self):
        return tcp_accepts(self.address, self.port)
