"""A SIP peer that answers whatever a test wants: reply(request_text) gives datagrams to send back."""

import socket
import threading

from support.server import free_port


class SipPeer:
    def __init__(self, reply, address="127.0.0.1"):
        self.reply = reply
        self.requests = []
        self.port = free_port(2000, 9999, address)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, self.port))
        self.target = f"sip://{address}:{self.port}"
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self):
        while True:
            try:
                data, sender = self.socket.recvfrom(65535)
            except OSError:
                return
            text = data.decode("ascii", "replace")
            if text == "end":
                return
            self.requests.append(text)
            for answer in self.reply(text):
                self.socket.sendto(answer, sender)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closer:
            closer.sendto(b"end", self.socket.getsockname())
        self.thread.join(5)
        self.socket.close()


def header(request, name):
    for line in request.split("\r\n"):
        if line.lower().startswith(name.lower() + ":"):
            return line.split(":", 1)[1].strip()
    raise AssertionError(f"the request has no {name}: {request}")


def answer(request, status="200 OK", **changed):
    """A correct answer to the request, but for the headers in `changed` (via, from_, to, call_id, cseq)."""
    fields = {"via": header(request, "Via"), "from_": header(request, "From"), "to": header(request, "To") + ";tag=peer",
              "call_id": header(request, "Call-ID"), "cseq": header(request, "CSeq")}
    fields.update(changed)
    return (f"SIP/2.0 {status}\r\nVia: {fields['via']}\r\nFrom: {fields['from_']}\r\nTo: {fields['to']}\r\n"
            f"Call-ID: {fields['call_id']}\r\nCSeq: {fields['cseq']}\r\nContent-Length: 0\r\n\r\n").encode("ascii")
