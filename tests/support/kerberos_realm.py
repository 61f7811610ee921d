"""A Kerberos realm of its own: MIT's KDC on a free loopback port, with all its files in one folder. It starts in a fifth of a second,
and its tickets carry no list of a domain's groups (PAC), which a Samba outside of a domain does not take."""

import os
import subprocess

from support.server import Server, free_port, tcp_accepts

DOMAIN = "pbx.test"
REALM = "PBX.TEST"

_KRB5 = """[libdefaults]
  default_realm = {realm}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  rdns = false
  dns_canonicalize_hostname = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  .{domain} = {realm}
"""

_KDC = """[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
  spake_preauth_kdc_challenge = edwards25519
[realms]
  {realm} = {{
    database_name = {dir}/principal
    key_stash_file = {dir}/stash
    acl_file = {dir}/acl
    disable_pac = true
  }}
[logging]
  kdc = STDERR
"""

class KerberosRealm(Server):
    """`accounts` and `services` (such as cifs/HOST) have a keytab each; `krb5_config` is what a client needs."""

    program = "krb5kdc"

    def __init__(self, accounts, services):
        super().__init__()
        self.port = free_port()
        self.krb5_config = self.dir / "krb5.conf"
        self.krb5_config.write_text(self.client_config(self.port), encoding="ascii")
        (self.dir / "kdc.conf").write_text(_KDC.format(dir=self.dir, realm=REALM, port=self.port), encoding="ascii")
        self.environment = dict(os.environ, KRB5_CONFIG=str(self.krb5_config), KRB5_KDC_PROFILE=str(self.dir / "kdc.conf"),
                                PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        self._call(["kdb5_util", "create", "-s", "-r", REALM, "-P", "Canary-31c9-master"])
        lines = [f"addprinc -pw Canary-31c9-{name} +requires_preauth {name}" for name in accounts]
        lines += [f"addprinc -randkey {name}" for name in services]
        lines += [f"ktadd -norandkey -k {self.keytab(name)} {name}" for name in (*accounts, *services)]
        self._call(["kadmin.local", "-r", REALM], "\n".join(lines) + "\n")

    @staticmethod
    def client_config(port):
        """The krb5.conf of a client that asks at that port."""
        return _KRB5.format(realm=REALM, domain=DOMAIN, port=port)

    def keytab(self, name):
        return self.dir / (name.replace("/", "_") + ".keytab")

    def _call(self, command, text=None):
        done = subprocess.run(command, input=text, env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise AssertionError(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")

    def command(self):
        return ["env", f"KRB5_CONFIG={self.krb5_config}", f"KRB5_KDC_PROFILE={self.dir}/kdc.conf", "krb5kdc", "-n"]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.port)

    def ticket(self, cache, *options, name, wrapper=()):
        """Gets one into a file, as whoever runs fo-fetch does it."""
        self._call([*wrapper, "kinit", *options, "-c", f"FILE:{cache}", "-k", "-t", str(self.keytab(name)), f"{name}@{REALM}"])
