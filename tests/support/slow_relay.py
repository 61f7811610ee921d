"""A relay that is slow: what the server sends arrives `pause` seconds late, and at most `chunk` bytes at a time."""

import contextlib
import socket
import threading


class SlowRelay:
    """Passes TCP bytes from its `port` on loopback to the server's."""

    def __init__(self, server_port, pause=0.1, chunk=65536):
        self._there = ("127.0.0.1", server_port)
        self._pause, self._chunk = pause, chunk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._never = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._there, timeout=5)
                threading.Thread(target=self._pass_on, args=(near, far, 0, 65536), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(far, near, self._pause, self._chunk), daemon=True).start()

    def _pass_on(self, source, sink, pause, chunk):
        with contextlib.suppress(OSError):
            while data := source.recv(chunk):
                self._never.wait(pause)
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
