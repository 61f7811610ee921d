"""What the probe's benchmarks talk to or compare with, beside the servers of tests/support."""

import subprocess
import urllib.parse

from support.certificates import self_signed
from support.nginx import Nginx
from support.server import Server, free_port, tcp_accepts

_MODULES = """modules:
  web:
    prober: http
    timeout: 5s
    http:
      preferred_ip_protocol: ip4
      follow_redirects: false
      tls_config: {insecure_skip_verify: true}
"""
PARALLEL = 128
KEYS = {"RSA 2048": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
        "ECDSA P-256": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")}


class SipResponder(Server):
    """Answers OPTIONS on one UDP port of every address of 127/8: as many servers as are wanted, at next to no cost."""

    program = "bench_sip_responder"

    def __init__(self):
        super().__init__()
        self.port = free_port(2000, 9999)

    def command(self):
        return [self.program, str(self.port)]

    def ready(self):
        return "ready" in self.log

    def targets(self, count):
        return [f"sip://127.1.{number // 250}.{number % 250 + 1}:{self.port}" for number in range(count)]


class ModernNginx(Nginx):
    """nginx as it is set up today: TLS 1.3 (Debian's default without configuration ends at 1.2), and a key of one of KEYS."""

    def __init__(self, key="RSA 2048"):
        super().__init__()
        (self.dir / "key.pem").unlink()
        subprocess.run(["openssl", "genpkey", *KEYS[key], "-out", str(self.dir / "key.pem")], check=True, capture_output=True)
        self.certificate = self_signed(self.dir, "good")
        settings = self.dir / "nginx.conf"
        text = settings.read_text(encoding="ascii").replace("http {", "http {\n  ssl_protocols TLSv1.2 TLSv1.3;", 1)
        settings.write_text(text.replace("expired.pem", "good.pem"), encoding="ascii")


class BlackboxExporter(Server):
    """prometheus-blackbox-exporter; it checks one target per request."""

    program = "prometheus-blackbox-exporter"

    def __init__(self):
        super().__init__()
        self.port = free_port()
        (self.dir / "modules.yml").write_text(_MODULES, encoding="ascii")

    def command(self):
        return [self.program, f"--config.file={self.dir / 'modules.yml'}", f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=error"]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.port)

    def prepare(self, targets):
        """What scrape() will ask for."""
        lines = []
        for target in targets:
            query = urllib.parse.urlencode({"module": "web", "target": target})
            lines.append(f'url = "http://127.0.0.1:{self.port}/probe?{query}"\noutput = "-"\n')
        (self.dir / "scrape.conf").write_text("".join(lines), encoding="ascii")

    def scrape(self):
        """Asks for every prepared target, as many at a time as fo-probe does. @return how many the exporter found up."""
        done = subprocess.run(["curl", "-s", "-K", str(self.dir / "scrape.conf"), "--parallel", "--parallel-immediate",
                               "--parallel-max", str(PARALLEL)], capture_output=True, check=False)
        return done.stdout.count(b"probe_success 1")
