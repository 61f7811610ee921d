"""sshd with a user who has a password, without touching this system's users: in a mount namespace with accounts of its own."""

import os
import shlex
import subprocess
from pathlib import Path

from support.sshd import Sshd


class PasswordSshd(Sshd):
    """Only `user` with `password` gets in, who may read the store. Needs root, as sshd itself does to look into shadow."""

    def __init__(self, password, methods=("PasswordAuthentication yes",)):
        super().__init__(settings=["PubkeyAuthentication no", *methods])
        if os.geteuid() != 0:
            raise AssertionError("an sshd that takes passwords needs root; run the tests as tests/run does")
        self.user = "keeper"
        self.dir.chmod(0o755)
        crypted = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, capture_output=True, text=True, check=True).stdout.strip()
        self.accounts = {}
        for name, line in (("passwd", f"keeper:x:65534:65534::{self.store}:/bin/sh"), ("shadow", f"keeper:{crypted}:20000:0:99999:7:::")):
            here = self.dir / name
            here.write_text(Path(f"/etc/{name}").read_text(encoding="utf-8").rstrip("\n") + f"\n{line}\n", encoding="utf-8")
            here.chmod(0o644 if name == "passwd" else 0o600)
            self.accounts[name] = here

    def command(self):
        mounts = [f"mount --bind {shlex.quote(str(here))} /etc/{name}" for name, here in self.accounts.items()]
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", " && ".join([*mounts, 'exec "$@"']), "sh", *super().command()]
