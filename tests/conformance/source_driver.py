"""The driver of one source, running: asks it for a listing, a look, bytes."""

import json
import subprocess

from support import tool


class Driven:
    """`options` are fo-fetch's by name, without the dashes; `wrapper` goes before the program."""

    def __init__(self, test, location, options, wrapper=()):
        words = [f"{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen([*map(str, wrapper), str(tool.path("conformance_source")), location, *words],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=tool.environment())
        test.addCleanup(self.close)

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def ask(self, what, **words):
        self.process.stdin.write(json.dumps({"do": what, **words}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def list(self):
        return self.ask("list")

    def stat(self, path):
        return self.ask("stat", path=path)

    def only(self):
        """The one object that the location names."""
        answer = self.list()
        assert len(answer.get("objects", [])) == 1, answer
        return answer["objects"][0]

    def read(self, path, offset, count):
        """The answer to one read: bytes, or what went wrong."""
        answer = self.ask("read", path=path, offset=offset, count=count)
        return bytes.fromhex(answer["bytes"]) if "bytes" in answer else answer

    def read_all(self, path, size, chunk, begin=0):
        """The `size` bytes from `begin` to the end, by reads of `chunk`."""
        data = b""
        while part := self.read(path, begin + len(data), chunk):
            assert isinstance(part, bytes), part
            data += part
            assert len(data) <= size, "more than there is"
        return data

    def ranges(self, path, pairs):
        answer = self.ask("ranges", path=path, ranges=[list(pair) for pair in pairs])
        return bytes.fromhex(answer["bytes"]) if "bytes" in answer else answer

    def parallel(self, path, connections):
        answer = self.ask("parallel", path=path, connections=connections)
        return bytes.fromhex(answer["bytes"]) if "bytes" in answer else answer
