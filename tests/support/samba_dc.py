"""A domain controller of Samba's: Kerberos and a DNS server that takes updates signed with GSS-TSIG. In a network of its own
(support.own_network), since its ports are fixed."""

import json
import os
import subprocess

from support.own_network import enter
from support.server import Server, tcp_accepts

DOMAIN = "pbx.test"
REALM = "PBX.TEST"
SERVER_NAME = f"dc1.{DOMAIN}"
BIND_NAME = f"ns1.{DOMAIN}"

_CONFIG = """[global]
  realm = {realm}
  workgroup = ADPBX
  netbios name = DC1
  server role = active directory domain controller
  server services = rpc, ldap, cldap, kdc, dns
  interfaces = lo
  bind interfaces only = yes
  binddns dir = {dir}/dc/bind-dns
  cache directory = {dir}/dc/cache
  lock directory = {dir}/dc
  private dir = {dir}/dc/private
  state directory = {dir}/dc/state
  pid directory = {dir}/run
  ncalrpc dir = {dir}/run/ncalrpc
  winbindd socket directory = {dir}/run/winbindd
  log file = {dir}/log
  vfs objects = dfs_samba4 acl_xattr
"""

_KRB5 = f"""[libdefaults]
  default_realm = {REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  rdns = false
  dns_canonicalize_hostname = false
  udp_preference_limit = 1
[realms]
  {REALM} = {{
    kdc = 127.0.0.1:88
  }}
[domain_realm]
  .{DOMAIN} = {REALM}
"""

# One Python for all of it: loading Samba's modules takes longer than what they do.
_SAMBA_TOOL = """
import json, sys
from samba.netcmd.main import cmd_sambatool
for arguments in json.load(sys.stdin):
    try:
        status = cmd_sambatool()._run("samba-tool", *arguments)
    except SystemExit as end:
        status = end.code
    if status:
        sys.exit("samba-tool " + " ".join(arguments) + f" ended with {status}")
"""


class SambaDc(Server):
    """Accounts, each with a keytab of its name: `fo-dns` is in DnsAdmins, `fo-plain` may do nothing, `fo-bind` has the
    service DNS/ns1.pbx.test, for a BIND that takes Kerberos tickets of this domain."""

    program = "samba"

    def __init__(self):
        super().__init__()
        enter({SERVER_NAME: "127.0.0.1", "dc1": "127.0.0.1", BIND_NAME: "127.0.0.1"}, DOMAIN)
        self.krb5_config = self.dir / "krb5.conf"
        self.krb5_config.write_text(_KRB5, encoding="ascii")
        for folder in ("run/ncalrpc", "run/winbindd"):
            (self.dir / folder).mkdir(parents=True)
        self._provision()

    @property
    def _config(self):
        return self.dir / "dc" / "etc" / "smb.conf"

    def _samba_tool(self, *commands):
        done = subprocess.run(["/usr/bin/python3", "-c", _SAMBA_TOOL], input=json.dumps(commands), capture_output=True, text=True,
                              timeout=400, env=dict(os.environ, KRB5_CONFIG=str(self.krb5_config)))
        if done.returncode:
            raise AssertionError(f"{done.stdout}{done.stderr}")

    def _provision(self):
        self._samba_tool(["domain", "provision", f"--targetdir={self.dir}/dc", f"--realm={REALM}", "--domain=ADPBX",
                          "--server-role=dc", "--dns-backend=SAMBA_INTERNAL", "--host-name=dc1", "--host-ip=127.0.0.1",
                          "--adminpass=Canary-31c9-Admin", "--option=interfaces=lo", "--option=bind interfaces only=yes",
                          "--option=vfs objects=dfs_samba4 acl_xattr"])
        self._config.write_text(_CONFIG.format(dir=self.dir, realm=REALM), encoding="ascii")
        names = ("fo-dns", "fo-plain", "fo-bind")
        use = ["-s", str(self._config)]
        self._samba_tool(*(["user", "create", name, f"Canary-31c9-{name}", *use] for name in names),
                         ["group", "addmembers", "DnsAdmins", "fo-dns", *use],
                         ["spn", "add", f"DNS/{BIND_NAME}", "fo-bind", *use],
                         *(["domain", "exportkeytab", self.keytab(name), f"--principal={name}", *use] for name in names[:2]),
                         ["domain", "exportkeytab", self.keytab("fo-bind"), f"--principal=DNS/{BIND_NAME}", *use])

    def keytab(self, name):
        return str(self.dir / f"{name}.keytab")

    def new_password(self, name):
        """The keytabs that were exported before are worth nothing then."""
        self._samba_tool(["user", "setpassword", name, "--newpassword=Canary-31c9-Other", "-s", str(self._config)])

    def command(self):
        return ["samba", "-s", str(self._config), "-F", "-M", "single", "--no-process-group"]

    def ready(self):
        return all(tcp_accepts("127.0.0.1", port) for port in (53, 88, 389))

    def nsupdate(self, *lines, server=SERVER_NAME, port=53):
        """An independent client. Of Samba before 4.21 it says that its answers do not verify, though they are done."""
        script = "\n".join([f"server {server} {port}", f"realm {REALM}", f"zone {DOMAIN}.", *lines, "send", ""])
        subprocess.run(["nsupdate", "-g"], input=script, capture_output=True, text=True, timeout=30,
                       env=dict(os.environ, KRB5_CONFIG=str(self.krb5_config), KRB5_CLIENT_KTNAME=self.keytab("fo-dns"),
                                KRB5CCNAME=f"FILE:{self.dir}/cache"))

    def url(self, name="fo-dns", host=SERVER_NAME, zone=DOMAIN, **parameters):
        settings = {"keytab": self.keytab(name), "krb5-config": self.krb5_config}
        settings.update({key.replace("_", "-"): value for key, value in parameters.items()})
        query = "".join(f"&{key}={value}" for key, value in settings.items() if value is not None)
        return f"rfc2136://{host}/{zone}?auth=gss{query}"
