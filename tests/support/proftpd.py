"""A ProFTPD as a backup store: FTP, FTP with AUTH TLS, or TLS from the first byte; users from a file of its own."""

import grp
import os
import pwd
import subprocess

from support.certificates import Authority
from support.server import Server, free_port, tcp_accepts

_CONFIG = """
ServerType standalone
ServerName store
DefaultAddress {address}
SocketBindTight on
Port {port}
PassivePorts {first} {last}
UseIPv6 off
UseReverseDNS off
WtmpLog off
TransferLog none
SystemLog {dir}/system.log
PidFile {dir}/proftpd.pid
ScoreboardFile {dir}/scoreboard
DelayTable none
User {user}
Group {group}
RequireValidShell off
AuthOrder mod_auth_file.c
AuthUserFile {dir}/users
AuthGroupFile {dir}/groups
MaxInstances 40
MaxLoginAttempts 1
UseFtpUsers off
{anonymous}
{settings}
"""
_ANONYMOUS = """
<Anonymous {dir}>
  User {user}
  Group {group}
  UserAlias anonymous {user}
  RequireValidShell off
</Anonymous>
"""
_TLS = """
LoadModule mod_tls.c
TLSEngine on
TLSRSACertificateFile {dir}/store.pem
TLSECCertificateFile {dir}/store.pem
TLSRequired on
TLSProtocol {protocol}
TLSLog {dir}/tls.log
"""


def _consecutive(count):
    """So many free ports in a row."""
    while True:
        first = free_port()
        try:
            return [first, *(free_port(first + more, first + more) for more in range(1, count))]
        except AssertionError:
            continue


class Proftpd(Server):
    """`store` holds the backups. `tls`: None, "explicit" or "implicit". Settings may be changed before start()."""

    program = "proftpd"
    user, password = "pbx", "s3cret pass"
    data_ports = 12

    def __init__(self, tls=None, address="127.0.0.1", protocol="TLSv1.2 TLSv1.3"):
        super().__init__()
        self.dir.chmod(0o755)
        self.store = self.dir / "store"
        self.store.mkdir()
        self.address = address
        self.tls = tls
        self.port = 990 if tls == "implicit" else free_port()  # what fo-fetch knows it by; needs root
        self.data = _consecutive(self.data_ports)
        self.settings = []
        self.anonymous = False
        self.owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.getuid())
        self.authority = Authority(self.dir)
        self.authority.issue("store")
        if tls:
            self.settings.append(_TLS.format(dir=self.dir, protocol=protocol))
        if tls == "implicit":
            self.settings.append("TLSOptions UseImplicitSSL")
        self.password_file = self.secret("password", self.password)
        digest = subprocess.run(["openssl", "passwd", "-6", self.password], check=True, capture_output=True, text=True).stdout.strip()
        owner = self.owner
        self._write("users", "".join(f"{name}:{secret}:{owner.pw_uid}:{owner.pw_gid}::{self.dir}:/bin/false\n"
                                     for name, secret in ((self.user, digest), (owner.pw_name, "*"))))
        self.group = grp.getgrgid(owner.pw_gid).gr_name
        self._write("groups", f"{self.group}:x:{owner.pw_gid}:{self.user}\n")

    def _write(self, name, text):
        path = self.dir / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    def secret(self, name, text):
        return self._write(name, text + "\n")

    def root_url(self, path):
        return f"{'ftps' if self.tls else 'ftp'}://127.0.0.1:{self.port}{path}"

    def url(self, path=""):
        return self.root_url(f"{self.store}/{path}")

    def command(self):
        return ["proftpd", "--nodaemon", "--config", str(self._config())]

    def _config(self):
        words = {"dir": self.dir, "user": self.owner.pw_name, "group": self.group}
        first, last = self.data[0], self.data[-1]
        return self._write("proftpd.conf", _CONFIG.format(
            address=self.address, port=self.port, first=first, last=last, settings="\n".join(self.settings),
            anonymous=_ANONYMOUS.format(**words) if self.anonymous else "", **words))

    def ready(self):
        return tcp_accepts(self.address, self.port)
