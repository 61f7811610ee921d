"""Knot DNS on loopback with RFC 2136 updates and TSIG."""

from support.server import Server, free_port, tcp_accepts
from support.tsig_keys import write_keys

ZONE = "pbx.test"


class Knot(Server):
    """The zone pbx.test with `records`, lines of its file below SOA and NS. The keys are those of support.tsig_keys."""

    program = "knotd"

    def __init__(self, records=(), algorithm="hmac-sha256"):
        super().__init__()
        self.address, self.port = "127.0.0.1", free_port()
        secrets = write_keys(self.dir, algorithm)
        (self.dir / "database").mkdir()
        lines = ["$TTL 60", f"@ IN SOA ns1.{ZONE}. hostmaster.{ZONE}. 1 3600 600 86400 60", f"@ IN NS ns1.{ZONE}.",
                 f"ns1 IN A {self.address}", *records]
        (self.dir / f"{ZONE}.zone").write_text("\n".join(lines) + "\n", encoding="ascii")
        keys = "".join(f"  - id: {name}\n    algorithm: {algorithm}\n    secret: {secrets[name]}\n" for name in ("fo", "plain"))
        (self.dir / "knot.conf").write_text(f"""server:
  rundir: {self.dir}
  listen: {self.address}@{self.port}
log:
  - target: stdout
    any: info
database:
  storage: {self.dir}/database
key:
{keys}acl:
  - id: update
    key: fo
    action: update
  - id: look
    key: [fo, plain]
    action: transfer
zone:
  - domain: {ZONE}
    storage: {self.dir}
    file: {ZONE}.zone
    acl: [update, look]
""", encoding="ascii")

    def key(self, name):
        return str(self.dir / f"{name}.key")

    def command(self):
        return ["knotd", "-c", str(self.dir / "knot.conf")]

    def ready(self):
        return tcp_accepts(self.address, self.port)

    def url(self, key="fo", zone=ZONE, **parameters):
        query = "".join(f"&{name.replace('_', '-')}={value}" for name, value in parameters.items())
        return f"rfc2136://{self.address}:{self.port}/{zone}?key-file={self.key(key)}{query}"
