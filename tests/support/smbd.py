"""Samba's smbd as a backup store: SMB 2.1 to 3.1.1 on a free loopback port, everything of it in a folder of its own.

Its one user, `backup`, is the user who runs the test, by a user map; so no account of this host is made or changed.
"""

import getpass
import subprocess

from support.server import Server, free_port, tcp_accepts

_GLOBAL = """[global]
  workgroup = PBXTEST
  netbios name = PBXSRV
  server role = standalone server
  interfaces = 127.0.0.1/8
  bind interfaces only = yes
  smb ports = {port}
  disable netbios = yes
  private dir = {dir}/private
  lock directory = {dir}/lock
  state directory = {dir}/state
  cache directory = {dir}/cache
  pid directory = {dir}/pid
  ncalrpc dir = {dir}/ncalrpc
  passdb backend = tdbsam:{dir}/private/passdb.tdb
  username map = {dir}/users
  log level = 1
  server min protocol = SMB2_10
  server max protocol = SMB3_11
  map to guest = Bad User
  guest account = nobody
  load printers = no
  printing = bsd
  printcap name = /dev/null
  disable spoolss = yes
  usershare max shares = 0
  {settings}
[backups]
  path = {store}
  valid users = {user}
[encrypted]
  path = {store}
  valid users = {user}
  smb encrypt = required
[open]
  path = {store}
  guest ok = yes
  guest only = yes
[closed]
  path = {store}
  invalid users = {user}
"""


class Smbd(Server):
    """`store` holds the backups, seen by the shares backups, encrypted, open (guests) and closed (nobody)."""

    program = "smbd"
    user = "backup"
    password = "Canary-31c9 pass/word%:@"

    def __init__(self, settings=()):
        super().__init__()
        self.dir.chmod(0o755)  # a guest must get at the store
        self.address = "127.0.0.1"
        self.port = free_port()
        self.store = self.dir / "store"
        for name in ("store", "private", "lock", "state", "cache", "pid", "ncalrpc"):
            (self.dir / name).mkdir(mode=0o755)
        self.password_file = self.dir / "password"
        self.password_file.write_text(self.password + "\n", encoding="ascii")
        self.password_file.chmod(0o600)
        self.config = self.dir / "smb.conf"
        self.config.write_text(_GLOBAL.format(dir=self.dir, port=self.port, store=self.store, user=getpass.getuser(),
                                              settings="\n  ".join(settings)), encoding="ascii")
        (self.dir / "users").write_text(f"{getpass.getuser()} = {self.user}\n", encoding="ascii")
        subprocess.run(["pdbedit", "-s", self.config, "-a", "-t", "-u", getpass.getuser()], check=True, capture_output=True,
                       input=f"{self.password}\n{self.password}\n", text=True)

    def url(self, path="", share="backups", user=user, port=None):
        name = f"{user}@" if user else ""
        return f"smb://{name}{self.address}:{port or self.port}/{share}/{path}"

    def command(self):
        return ["smbd", "-s", str(self.config), "-F", "--no-process-group", "--debug-stdout"]

    def ready(self):
        return tcp_accepts(self.address, self.port)
