"""npm's s3rver, an S3 server of its own make. It checks no signature; tests/support/s3_store.py does."""

import http.client
import os
import urllib.parse

from support.node_package import node_package
from support.server import Server, free_port, tcp_accepts


class S3rver(Server):
    program = "node"
    bucket = "backups"

    def __init__(self):
        super().__init__()
        self.modules = node_package("s3rver", "3.7.1")
        self.port = free_port()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def command(self):
        return ["node", str(self.modules / "s3rver" / "bin" / "s3rver.js"), "-a", "127.0.0.1", "-p", str(self.port), "-d", str(self.dir / "data"),
                "--configure-bucket", self.bucket]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.port)

    def request(self, method, key, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, f"/{self.bucket}/{urllib.parse.quote(key)}", body)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status < 300, (answer.status, key)

    def put(self, key, content, moment):
        self.request("PUT", key, content)
        os.utime(self.dir / "data" / self.bucket / f"{key}._S3rver_object", (moment, moment))

    def stop(self):
        # Asked to end it waits for its connections, which are kept.
        if self.running():
            self.kill()
