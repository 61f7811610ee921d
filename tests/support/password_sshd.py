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
        self.etc = self.dir / "etc"
        self.etc.mkdir()
        for name, line in (("passwd", f"keeper:x:65534:65534::{self.store}:/bin/sh"), ("shadow", f"keeper:{crypted}:20000:0:99999:7:::"),
                           ("group", "")):
            here = self.etc / name
            here.write_text(Path(f"/etc/{name}").read_text(encoding="utf-8").rstrip("\n") + f"\n{line}\n", encoding="utf-8")
            here.chmod(0o600 if name == "shadow" else 0o644)

    def command(self):
        # All of /etc: a mount over one file goes away once useradd, for another test, puts a new file in that one's place.
        inside = f'mount --bind {shlex.quote(str(self.etc))} /etc && exec "$@"'
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside, "sh", *super().command()]
