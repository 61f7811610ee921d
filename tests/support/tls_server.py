"""A real TLS server of any certificate: openssl s_server."""

from support.certificates import self_signed
from support.server import Server, free_port, tcp_accepts


class TlsServer(Server):
    """Completes handshakes on `port`, and answers a GET with a page. Its certificate: certificates.self_signed()."""

    program = "openssl"

    def __init__(self, name="pbx.example", dates=None):
        super().__init__()
        self.port = free_port()
        self.certificate = self_signed(self.dir, "certificate", name, dates)

    def command(self):
        return ["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-cert", str(self.certificate), "-key",
                str(self.dir / "key.pem"), "-www", "-quiet"]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.port)
