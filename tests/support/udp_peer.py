"""A UDP peer that answers whatever a test wants."""

import contextlib
import socket
import threading


class UdpPeer:
    """reply(request) gives the datagrams to send back, bytes each; a number among them is a pause in seconds, None closes the port."""

    def __init__(self, reply, port=0):
        self._reply = reply
        self.requests = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                request, sender = self._socket.recvfrom(65535)
                if request == b"end":
                    return
                self.requests.append(request)
                for answer in self._reply(request):
                    if answer is None:
                        self._socket.close()
                    elif isinstance(answer, bytes):
                        self._socket.sendto(answer, sender)
                    else:
                        threading.Event().wait(answer)

    def close(self):
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closer:
            closer.sendto(b"end", self._socket.getsockname())
