"""An smbd that lets in by Kerberos tickets, and the tickets of whoever runs fo-fetch. For a whole test file, in a network of its own
(support.own_network), since Kerberos is about names: setUpModule = begin."""

import getpass
import unittest

from support import tool
from support.kerberos_realm import DOMAIN, REALM, KerberosRealm
from support.own_network import enter
from support.smbd import Smbd

USER = getpass.getuser()  # a Samba outside of a domain knows whoever has an account on the host
STRANGER = "stranger"  # has tickets, but no account at the server
OWNER = f"{USER}@{REALM}"
SERVER_NAME = f"files.{DOMAIN}"
FOREIGN_NAME = f"nas.{DOMAIN}"  # Kerberos gives tickets for it, which the server cannot read
OTHER_NAME = f"other.{DOMAIN}"  # Kerberos does not know it

_realm = []


def begin():
    """The realm, until the test file's end."""
    names = (SERVER_NAME, FOREIGN_NAME)
    enter({name: "127.0.0.1" for name in (*names, OTHER_NAME)}, DOMAIN)
    realm = KerberosRealm((USER, STRANGER), [f"cifs/{name}" for name in names])
    unittest.addModuleCleanup(realm.close)
    realm.start()
    _realm.append(realm)


class TicketSmbd(Smbd):
    """`wrapper` goes before the server."""

    def __init__(self, settings=(), wrapper=()):
        realm = _realm[0]
        self.wrapper = ["env", f"KRB5_CONFIG={realm.krb5_config}", *wrapper]
        keytab = realm.keytab(f"cifs/{SERVER_NAME}")
        super().__init__([f"realm = {REALM}", "kerberos method = dedicated keytab", f"dedicated keytab file = {keytab}", *settings])

    def command(self):
        return [*self.wrapper, *super().command()]


def by_name(smbd, path, host=SERVER_NAME, share="backups", port=None):
    """A location by a name that Kerberos knows."""
    return f"smb://{host}:{port or smbd.port}/{share}/{path}"


class TicketCase:
    """Goes before a test case. After get_ticket() whoever runs fo-fetch has a ticket in the file `cache`."""

    def get_ticket(self):
        self.realm = _realm[0]
        self.krb5_config = self.realm.krb5_config
        self.cache = tool.temporary_folder(self) / "cache"
        self.realm.ticket(self.cache, name=USER)

    @property
    def environment(self):
        return {"KRB5CCNAME": f"FILE:{self.cache}", "KRB5_CONFIG": str(self.krb5_config)}

    @property
    def wrapper(self):
        return ["env", *(f"{name}={value}" for name, value in self.environment.items())]

    def ask_at(self, port):
        """From now on the realm's Kerberos server is said to be at another port."""
        self.krb5_config = tool.temporary_folder(self) / "krb5.conf"
        self.krb5_config.write_text(KerberosRealm.client_config(port), encoding="ascii")
