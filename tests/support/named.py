"""BIND on loopback with TSIG keys: a primary that takes updates, and secondaries on other addresses of 127/8."""

import base64
import os
import socket
import struct

from support.relay import Relay
from support.server import Server, free_port, tcp_accepts

ZONE = "pbx.test"
SERVICE = "sip.pbx.test"
EPOCH_RECORD = "_failover.sip.pbx.test"


class Named(Server):
    """`records` are lines of the zone file below SOA and NS. With `primary` it is a secondary of that Named, which it asks
    for changes every second.

    The zone is dynamic. Keys, each a file in self.dir that only its owner may read:
    key("sha256"), key("sha384"), key("sha512") may change the service's names; key("plain") is known but has no right to;
    key("wrong") has the name of sha256 but another secret; key("unknown") the server has never heard of.
    With `keytab` it takes Kerberos tickets too, and `principals` may change the service's names.
    `grants` lets the first two change more: "canary.pbx.test. A AAAA". `notify`: addresses, on the same port, that are
    told of changes at once. relayed=False: the address is one of an interface.
    """

    program = "named"

    def __init__(self, address="127.0.0.1", port=None, records=(), servers=(), primary=None, zones=(ZONE,), keytab=None,
                 principals=(), grants=(), notify=(), relayed=None):
        super().__init__()
        self.address = address
        self.port = port or free_port(address=address)
        # BIND listens where an interface has an address; the rest of 127/8 is reached through a relay.
        self._relayed = address.startswith("127.") and address != "127.0.0.1" if relayed is None else relayed
        self._relay = None
        self.own = ("127.0.0.1", free_port()) if self._relayed else (self.address, self.port)
        self.primary = primary
        self._keytab, self._principals = keytab, principals
        self.zones = zones
        self.notify = notify
        self.grants = (f"{SERVICE}. A AAAA", f"{EPOCH_RECORD}. TXT", *grants)
        self._secrets = primary._secrets if primary else {}
        self._write_keys()
        if not primary:
            self._write_zone(records, servers)
        self._write_configuration()

    def key(self, name):
        return str(self.dir / f"{name}.key")

    def _write_keys(self):
        for name, algorithm in (("sha256", "hmac-sha256"), ("sha384", "hmac-sha384"), ("sha512", "hmac-sha512"), ("plain", "hmac-sha256"),
                                ("wrong", "hmac-sha256"), ("unknown", "hmac-sha256")):
            secret = self._secrets.setdefault(name, base64.b64encode(os.urandom(32)).decode())
            path = self.dir / f"{name}.key"
            key_name = "fo-sha256" if name == "wrong" else f"fo-{name}"
            path.write_text(f'key "{key_name}" {{\n\talgorithm {algorithm};\n\tsecret "{secret}";\n}};\n', encoding="ascii")
            path.chmod(0o600)

    def _write_zone(self, records, servers):
        lines = ["$TTL 60", f"@ IN SOA ns1.{ZONE}. hostmaster.{ZONE}. 1 1 1 86400 60"]
        for number, address in enumerate(servers or (self.address,), start=1):
            kind = "AAAA" if ":" in address else "A"
            lines += [f"@ IN NS ns{number}.{ZONE}.", f"ns{number} IN {kind} {address}"]
        for zone in self.zones:
            (self.dir / f"{zone}.zone").write_text("\n".join([*lines, *records]) + "\n", encoding="ascii")

    def _zone_statement(self, zone):
        if self.primary:
            return (f'zone "{zone}" {{ type secondary; file "{self.dir}/{zone}.copy"; masterfile-format text;\n'
                    f'  primaries {{ {self.primary.address} port {self.primary.port}; }}; }};')
        grants = "".join(f"grant fo-{key} name {grant}; " for key in ("sha256", "sha384", "sha512") for grant in self.grants)
        grants += "".join(f'grant "{who}" name {grant}; ' for who in self._principals for grant in self.grants)
        return f'zone "{zone}" {{ type primary; file "{self.dir}/{zone}.zone"; update-policy {{ {grants}}}; }};'

    def _notify_statement(self):
        if not self.notify:
            return "notify no;"
        others = "".join(f"{address} port {self.port}; " for address in self.notify)
        return f"notify explicit; notify-delay 0; also-notify {{ {others}}};"

    def _write_configuration(self):
        keys = "".join((self.dir / f"{name}.key").read_text() for name in ("sha256", "sha384", "sha512", "plain"))
        kerberos = f'tkey-gssapi-keytab "{self._keytab}";' if self._keytab else ""
        listen = "listen-on-v6" if ":" in self.address else "listen-on"
        other = "listen-on" if ":" in self.address else "listen-on-v6"
        (self.dir / "named.conf").write_text(f"""{keys}
options {{
  directory "{self.dir}"; pid-file "{self.dir}/named.pid"; session-keyfile "{self.dir}/session.key";
  managed-keys-directory "{self.dir}"; lock-file none;
  {listen} port {self.own[1]} {{ {self.own[0]}; }}; {other} {{ none; }};
  recursion no; dnssec-validation no; allow-transfer {{ any; }}; empty-zones-enable no; request-ixfr no; allow-notify {{ any; }};
  {self._notify_statement()} min-refresh-time 1; min-retry-time 1; {kerberos}
}};
controls {{ }};
{chr(10).join(self._zone_statement(zone) for zone in self.zones)}
""", encoding="ascii")

    def start(self, timeout=60.0):
        super().start(timeout)
        if self._relayed and not self._relay:
            self._relay = Relay((self.address, self.port), self.own)
        return self

    def close(self):
        if self._relay:
            self._relay.close()
        super().close()

    def command(self):
        return ["named", "-g", "-n", "1", "-c", str(self.dir / "named.conf")]

    def ready(self):
        """It answers for the first zone with authority: for a secondary that means that the transfer is done."""
        if not tcp_accepts(*self.own):
            return False
        return not self.zones or bool(self._soa_flags(self.zones[0]) & 0x0400)

    def _soa_flags(self, zone):
        name = b"".join(bytes([len(label)]) + label.encode() for label in zone.split(".")) + b"\0"
        query = struct.pack(">6H", 1, 0, 1, 0, 0, 0) + name + struct.pack(">2H", 6, 1)
        try:
            with socket.create_connection(self.own, timeout=2) as connection:
                connection.sendall(struct.pack(">H", len(query)) + query)
                return struct.unpack(">H", connection.recv(6)[4:6])[0]
        except (OSError, struct.error):
            return 0

    def make_deaf(self):
        """Starts a secondary anew as the primary of its own copy: it goes on serving what it had."""
        self.stop()
        configuration = self.dir / "named.conf"
        (self.dir / "copy.zone").write_bytes((self.dir / f"{ZONE}.copy").read_bytes())
        head = configuration.read_text().split('zone "')[0]
        configuration.write_text(head + f'zone "{ZONE}" {{ type primary; file "{self.dir}/copy.zone"; }};\n')
        self.start()

    def url(self, key="sha256", zone=ZONE, **parameters):
        host = f"[{self.address}]" if ":" in self.address else self.address
        query = "".join(f"&{name.replace('_', '-')}={value}" for name, value in parameters.items())
        return f"rfc2136://{host}:{self.port}/{zone}?key-file={self.key(key)}{query}"
