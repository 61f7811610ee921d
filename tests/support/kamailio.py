"""A real SIP server: Kamailio on UDP, TCP and TLS. Ports stay below 10000, as SIP test tools expect."""

import socket

from support.certificates import self_signed
from support.server import Server, free_port

_CONFIG = """#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
server_header="Server: PBX-Test"
listen=udp:{address}:{port}
listen=tcp:{address}:{port}
enable_tls=yes
listen=tls:{address}:{tls_port}
listen=udp:{address}:{unavailable_port}
listen=tcp:{address}:{unavailable_port}
listen=udp:{address}:{silent_port}
listen=tcp:{address}:{silent_port}
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "tls.so"
modparam("tls", "config", "{dir}/tls.cfg")
request_route {{
  if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
  if ($Rp == {silent_port}) exit;
  if ($Rp == {unavailable_port}) {{ sl_send_reply("503", "Service Unavailable"); exit; }}
  if (is_method("OPTIONS")) {{
    append_to_reply("Accept: application/sdp\\r\\nAllow: INVITE, ACK, CANCEL, OPTIONS, BYE\\r\\n");
    sl_send_reply("200", "OK");
    exit;
  }}
  sl_send_reply("405", "Method Not Allowed");
}}
"""


class Kamailio(Server):
    """Answers OPTIONS with 200 on `port` (UDP and TCP) and `tls_port` (with a self-signed certificate for pbx.example), with 503 on
    `unavailable_port`, never on `silent_port`."""

    program = "kamailio"

    def __init__(self, address="127.0.0.1", port=None):
        super().__init__()
        self.address = address
        self.port = port or free_port(2000, 9999, address)
        self.tls_port = free_port(2000, 9999, address)
        self.unavailable_port = free_port(2000, 9999, address)
        self.silent_port = free_port(2000, 9999, address)
        place = f"[{address}]" if ":" in address else address
        self_signed(self.dir, "kamailio")
        (self.dir / "tls.cfg").write_text(f"[server:default]\nmethod = TLSv1.2+\nprivate_key = {self.dir}/key.pem\n"
                                          f"certificate = {self.dir}/kamailio.pem\n", encoding="ascii")
        (self.dir / "kamailio.cfg").write_text(
            _CONFIG.format(address=place, port=self.port, tls_port=self.tls_port, unavailable_port=self.unavailable_port,
                           silent_port=self.silent_port, dir=self.dir), encoding="ascii")

    def command(self):
        return ["kamailio", "-DD", "-f", str(self.dir / "kamailio.cfg"), "-Y", str(self.dir), "-P",
                str(self.dir / "kamailio.pid"), "-m", "16", "-M", "4"]

    def stop(self):
        """At once: it has nothing to save, and with TLS it takes more than five seconds to end by itself."""
        if self.running():
            self.kill()

    def ready(self):
        """It answers an OPTIONS."""
        place = f"[{self.address}]" if ":" in self.address else self.address
        request = (f"OPTIONS sip:test@{place} SIP/2.0\r\nVia: SIP/2.0/UDP {place}:9;branch=z9hG4bKready;rport\r\n"
                   f"Max-Forwards: 70\r\nFrom: <sip:ready@test>;tag=1\r\nTo: <sip:test@test>\r\nCall-ID: ready\r\n"
                   "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
        with socket.socket(socket.AF_INET6 if ":" in self.address else socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.5)
            try:
                client.connect((self.address, self.port))
                client.send(request.encode("ascii"))
                return client.recv(4096).startswith(b"SIP/2.0 200")
            except OSError:
                return False

    @property
    def tls_target(self):
        place = f"[{self.address}]" if ":" in self.address else self.address
        return f"sips://{place}:{self.tls_port}"

    @property
    def target(self):
        place = f"[{self.address}]" if ":" in self.address else self.address
        return f"sip://{place}:{self.port}"
