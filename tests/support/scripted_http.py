"""An HTTP server of raw bytes: what a real server never sends must be sent by a script."""

import contextlib
import socket
import ssl
import threading


class Request:
    """One request as it came: method, target, fields (lower-case names) and body."""

    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        self.body = body


class ScriptedHttp:
    """Calls script(request, connection) for every request; what it returns (bytes) is sent. None, and it has done all itself
    and the connection is closed. `asked` collects the requests, `connections` counts."""

    def __init__(self, test, script, tls=None, address="127.0.0.1", listener=None):
        self.script = script
        self.asked = []
        self.connections = 0
        self._listener = listener or socket.create_server((address, 0))
        self.port = self._listener.getsockname()[1]
        self._tls = tls
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://{address}:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()
        test.addCleanup(self.close)

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._converse(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _converse(self, connection):
        pending = b""
        while True:
            while b"\r\n\r\n" not in pending:
                data = connection.recv(65536)
                if not data:
                    return
                pending += data
            head, _, pending = pending.partition(b"\r\n\r\n")
            request = Request(head, b"")
            length = int(request.fields.get("content-length", "0"))
            while len(pending) < length:
                pending += connection.recv(65536)
            request.body, pending = pending[:length], pending[length:]
            self.asked.append(request)
            answer = self.script(request, connection)
            if answer is None:
                return
            connection.sendall(answer)

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def answer(status, body=b"", *fields, length=None):
    """A well-formed answer; `length` announces another length than the body has."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body) if length is None else length}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
