"""PowerDNS on loopback with RFC 2136 updates and TSIG, its zones in SQLite."""

import socket
import struct
import subprocess

from support.server import Server, free_port
from support.tsig_keys import write_keys

ZONE = "pbx.test"
SERVICE = f"sip.{ZONE}"
_SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"


class PowerDns(Server):
    """The zone pbx.test with `records`: (name, type, content). The keys are those of support.tsig_keys, the caches as they
    are by default."""

    program = "pdns_server"

    def __init__(self, records=(), algorithm="hmac-sha256"):
        super().__init__()
        self.address, self.port = "127.0.0.1", free_port()
        self.algorithm = algorithm
        self._secrets = write_keys(self.dir, algorithm)
        (self.dir / "pdns.conf").write_text("\n".join([
            "launch=gsqlite3", f"gsqlite3-database={self.dir}/zones", "gsqlite3-pragma-synchronous=0",
            f"local-address={self.address}", f"local-port={self.port}", f"socket-dir={self.dir}", "daemon=no", "guardian=no",
            "disable-syslog=yes", "dnsupdate=yes", "allow-dnsupdate-from=127.0.0.0/8", "security-poll-suffix=", ""]), encoding="ascii")
        self._fill(records)

    def _fill(self, records):
        rows = [(ZONE, "SOA", f"ns1.{ZONE} hostmaster.{ZONE} 1 3600 600 86400 60"), (ZONE, "NS", f"ns1.{ZONE}"),
                (f"ns1.{ZONE}", "A", self.address), *records]
        statements = [f".read {_SCHEMA}", f"INSERT INTO domains (name, type) VALUES ('{ZONE}', 'NATIVE');"]
        statements += [f"INSERT INTO records (domain_id, name, type, content, ttl, auth) VALUES (1, '{name}', '{kind}', '{content}', 60, 1);"
                       for name, kind, content in rows]
        statements += [f"INSERT INTO tsigkeys (name, algorithm, secret) VALUES ('{name}', '{self.algorithm}', '{self._secrets[name]}');"
                       for name in ("fo", "plain")]
        statements.append("INSERT INTO domainmetadata (domain_id, kind, content) VALUES (1, 'TSIG-ALLOW-DNSUPDATE', 'fo');")
        subprocess.run(["sqlite3", self.dir / "zones"], input="\n".join(statements), check=True, capture_output=True, text=True)

    def key(self, name):
        return str(self.dir / f"{name}.key")

    def command(self):
        return ["pdns_server", f"--config-dir={self.dir}"]

    def ready(self):
        query = struct.pack(">6H", 1, 0, 1, 0, 0, 0) + b"".join(bytes([len(part)]) + part.encode() for part in ZONE.split(".")) \
            + struct.pack(">BHH", 0, 6, 1)
        try:
            with socket.create_connection((self.address, self.port), timeout=2) as connection:
                connection.sendall(struct.pack(">H", len(query)) + query)
                return bool(struct.unpack(">H", connection.recv(6)[4:6])[0] & 0x0400)
        except (OSError, struct.error):
            return False

    def url(self, key="fo", zone=ZONE, **parameters):
        query = "".join(f"&{name.replace('_', '-')}={value}" for name, value in parameters.items())
        return f"rfc2136://{self.address}:{self.port}/{zone}?key-file={self.key(key)}{query}"
