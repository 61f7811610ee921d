"""Makes a server reachable at another address of 127/8: some, like BIND, only listen at addresses that an interface has."""

import contextlib
import socket
import threading


class Relay:
    """Accepts TCP connections at `here` and passes their bytes to and from `there`, each an (address, port), until closed."""

    def __init__(self, here, there):
        self._there = there
        self._listener = socket.create_server(here)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._there, timeout=5)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass_on(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def close(self):
        # Wakes the accept() too, which close() alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
