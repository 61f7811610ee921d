"""PowerDNS on loopback with its HTTP API and a zone in SQLite."""

import json
import sqlite3
import urllib.request
from pathlib import Path

from support.server import Server, free_port, tcp_accepts

KEY = "pbx-test-key-0123456789"
ZONE, SERVICE = "pbx.test", "sip.pbx.test"
_SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")


class PowerDnsApi(Server):
    """SERVICE has the address OLD; NS is 127.0.0.1 itself."""

    program = "pdns_server"

    def __init__(self, old="192.0.2.1"):
        super().__init__()
        self.address, self.port, self.api_port = "127.0.0.1", free_port(), free_port()
        self.old = old
        with sqlite3.connect(self.dir / "pdns.sqlite3") as base:
            base.executescript(_SCHEMA.read_text(encoding="ascii"))
        lines = ["launch=gsqlite3", f"gsqlite3-database={self.dir}/pdns.sqlite3", "gsqlite3-pragma-synchronous=0", "local-address=127.0.0.1",
                 f"local-port={self.port}", f"socket-dir={self.dir}", "daemon=no", "guardian=no", "disable-syslog=yes", "api=yes", f"api-key={KEY}",
                 "webserver=yes", "webserver-address=127.0.0.1", f"webserver-port={self.api_port}", "webserver-allow-from=127.0.0.0/8",
                 "cache-ttl=0", "query-cache-ttl=0", "negquery-cache-ttl=0", "zone-cache-refresh-interval=0", "security-poll-suffix="]
        (self.dir / "pdns.conf").write_text("\n".join(lines) + "\n", encoding="ascii")

    def command(self):
        return ["pdns_server", f"--config-dir={self.dir}"]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.api_port) and tcp_accepts("127.0.0.1", self.port)

    def start(self, timeout=60.0):
        super().start(timeout)
        if not (self.dir / "zone.made").exists():
            sets = [self.rrset(SERVICE, "A", self.old), self.rrset(ZONE, "NS", "127.0.0.1.")]
            self.call("POST", "/zones", {"name": ZONE + ".", "kind": "Native", "nameservers": [], "rrsets": sets})
            (self.dir / "zone.made").touch()
        return self

    @staticmethod
    def rrset(name, kind, *values, **more):
        return {"name": name + ".", "type": kind, "ttl": 60, "records": [{"content": value, "disabled": False} for value in values], **more}

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.api_port}/api/v1/servers/localhost{path}", method=method,
                                         data=json.dumps(body).encode() if body else None,
                                         headers={"X-API-Key": KEY, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def replace(self, *sets):
        self.call("PATCH", f"/zones/{ZONE}.", {"rrsets": [{**one, "changetype": "REPLACE"} for one in sets]})

    def serial(self):
        return self.call("GET", f"/zones/{ZONE}.")["serial"]

    def url(self, key=KEY, zone=ZONE, **parameters):
        path = self.dir / "api.key"
        path.write_text(key + "\n", encoding="ascii")
        path.chmod(0o600)
        query = "".join(f"&{name.replace('_', '-')}={value}" for name, value in parameters.items())
        return f"powerdns+http://127.0.0.1:{self.api_port}/{zone}?key-file={path}{query}"
