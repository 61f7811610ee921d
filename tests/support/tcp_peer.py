"""TCP peers that do what no real server does."""

import contextlib
import socket
import struct
import threading


class TcpPeer:
    """A TCP peer of one behaviour: talk(connection) is called for each connection, one after the other."""

    def __init__(self, talk):
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.open = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            with contextlib.suppress(OSError):
                self.talk(connection)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.open:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class DeafPeer:
    """A port whose queue of connections is full: what comes is dropped, as by a firewall or a host that is off."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port = self._listener.getsockname()[1]
        self._waiting = []
        for _ in range(3):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(connection)

    def close(self):
        for each in (*self._waiting, self._listener):
            each.close()


def reset(connection):
    """Breaks the connection at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def reset_when_asked(connection):
    connection.recv(4096)
    reset(connection)


def silent(connection):
    """Accepts and says nothing."""


def says(text):
    """Waits for a request, answers so and closes."""
    def talk(connection):
        connection.recv(4096)
        connection.sendall(text)
        connection.close()
    return talk


def dribbles(text, pause=0.01):
    """Waits for a request and answers byte by byte, `pause` seconds apart."""
    def talk(connection):
        connection.recv(4096)
        never = threading.Event()
        for byte in text:
            connection.sendall(bytes([byte]))
            never.wait(pause)
        connection.close()
    return talk
