"""A C++ driver that answers a line of JSON on stdout to every line on its stdin."""

import json
import subprocess

from support import tool


class Driven:
    """A running driver; it ends with the test."""

    def __init__(self, test, name, *arguments, env=None):
        self.process = subprocess.Popen([str(tool.path(name)), *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=tool.environment(env))
        test.addCleanup(self.close)

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def ask(self, line):
        """The answer to a line of text, or to an object."""
        self.process.stdin.write((line if isinstance(line, str) else json.dumps(line)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
