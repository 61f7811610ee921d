"""Firebase's emulator of Google Cloud Storage. It is no judge of credentials, preconditions or ranges beyond the end; gcs_store.py is."""

import http.client
import urllib.parse
from pathlib import Path

from support.node_package import node_package
from support.server import Server, free_port, tcp_accepts


class GcsEmulator(Server):
    program = "node"
    bucket = "backups"

    def __init__(self):
        super().__init__()
        self.modules = node_package("firebase-tools", "15.34.2")
        self.port = free_port()

    @property
    def endpoint(self):
        return f"127.0.0.1:{self.port}"

    def start(self, timeout=60.0):
        return super().start(timeout)

    def command(self):
        return ["env", f"TMPDIR={self.dir}", f"HOME={self.dir}", "node", str(Path(__file__).with_name("gcs_emulator.cjs")), str(self.modules),
                str(self.port)]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.port)

    def request(self, method, target, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, target, body, {"Content-Type": "application/octet-stream"} if body is not None else {})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status < 300, (answer.status, target)

    def put(self, name, content):
        self.request("POST", f"/upload/storage/v1/b/{self.bucket}/o?uploadType=media&name={urllib.parse.quote(name, safe='')}", content)

    def remove(self, name):
        self.request("DELETE", f"/storage/v1/b/{self.bucket}/o/{urllib.parse.quote(name, safe='')}")

    def stop(self):
        if self.running():
            self.kill()
