"""The test support itself: a broken server or an empty test file must never look green."""

import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support.server import Server, free_port, tcp_accepts
from support.tool import SOURCE_DIR


class Echo(Server):
    program = "python3"

    def __init__(self):
        super().__init__()
        self.port = free_port()

    def command(self):
        return ["python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(self.dir), str(self.port)]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.port)


class Broken(Echo):
    def command(self):
        return ["python3", "-c", "import sys; sys.exit('no such luck')"]


def run_file(text):
    with tempfile.NamedTemporaryFile("w", suffix=".py", prefix="test_") as file:
        file.write(text)
        file.flush()
        return subprocess.run([sys.executable, "-B", "-m", "support.runner", file.name], cwd=SOURCE_DIR / "tests",
                              capture_output=True, check=False).returncode


class SupportTest(unittest.TestCase):
    def test_a_server_serves_and_is_gone_afterwards(self):
        with Echo() as server:
            port, folder = server.port, server.dir
            self.assertTrue(tcp_accepts("127.0.0.1", port))
        self.assertFalse(tcp_accepts("127.0.0.1", port))
        self.assertFalse(folder.exists())

    def test_a_killed_server_is_gone(self):
        with Echo() as server:
            server.kill()
            self.assertFalse(tcp_accepts("127.0.0.1", server.port))

    def test_a_frozen_server_accepts_but_does_not_answer(self):
        with Echo() as server:
            server.freeze()
            with socket.create_connection(("127.0.0.1", server.port), timeout=1) as client:
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                client.settimeout(0.2)
                self.assertRaises(TimeoutError, client.recv, 1)

    def test_a_server_that_does_not_start_fails_at_once_with_its_words(self):
        with self.assertRaisesRegex(AssertionError, "no such luck"):
            Broken().__enter__()

    def test_ports_are_not_given_twice(self):
        ports = [free_port() for _ in range(50)]
        self.assertEqual(len(ports), len(set(ports)))

    def test_the_runner_fails_an_empty_file_a_skip_and_a_failure(self):
        test = "import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        {}\n"
        self.assertEqual(run_file(test.format("pass")), 0)
        self.assertEqual(run_file("import unittest\n"), 1)
        self.assertEqual(run_file(test.format("self.skipTest('no server')")), 1)
        self.assertEqual(run_file(test.format("self.fail()")), 1)


if __name__ == "__main__":
    unittest.main()
