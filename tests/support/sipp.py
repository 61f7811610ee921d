"""A real SIP test agent that plays a scenario: SIPp. It answers OPTIONS as it is told."""

import socket

from support.server import Server, free_port

_SCENARIO = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="OPTIONS">
  <recv request="OPTIONS" crlf="true"/>
  {pause}
  <send><![CDATA[

SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]answer[call_number]
{call_id}
{cseq}
Content-Length: 0

]]></send>
</scenario>
"""


class Sipp(Server):
    """`tcp`: over TCP instead of UDP. `status`: of its answer. `pause`: milliseconds before it. `call_id`, `cseq`: what stands in the answer instead of the request's."""

    program = "sipp"

    def __init__(self, status="200 OK", pause=0, call_id="[last_Call-ID:]", cseq="[last_CSeq:]", tcp=False):
        super().__init__()
        self.port = free_port(2000, 9999)
        self.kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
        self.target = f"sip://127.0.0.1:{self.port}" + ("?transport=tcp" if tcp else "")
        (self.dir / "scenario.xml").write_text(
            _SCENARIO.format(status=status, pause=f'<pause milliseconds="{pause}"/>' if pause else "", call_id=call_id, cseq=cseq),
            encoding="ascii")

    def command(self):
        return ["sipp", "-sf", str(self.dir / "scenario.xml"), "-i", "127.0.0.1", "-p", str(self.port), "-cp", str(free_port()), "-t",
                "t1" if self.kind == socket.SOCK_STREAM else "u1", "-nostdin"]

    def ready(self):
        with socket.socket(socket.AF_INET, self.kind) as taken:
            try:
                taken.bind(("127.0.0.1", self.port))
            except OSError:
                return True
        return False
