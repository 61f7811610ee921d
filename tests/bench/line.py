"""A relay before a server: a line with a round trip and a bandwidth, that counts what came through it."""

import signal
import subprocess
from pathlib import Path

from support.server import free_port, tcp_accepts, wait_until

BYTES_PER_MEGABIT = 125_000


def build(folder):
    """Compiles the relay; its path."""
    program = Path(folder) / "line_relay"
    subprocess.run(["g++", "-std=c++23", "-O2", "-pthread", Path(__file__).with_name("line_relay.cpp"), "-o", program], check=True)
    return program


class Line:
    """`port` leads to the server; `carried` is how many bytes came from it, once it is closed."""

    def __init__(self, program, target, round_trip_ms, megabits):
        self.port = free_port()
        self.carried = 0
        self.process = subprocess.Popen([program, str(self.port), str(target), str(round_trip_ms / 2), str(megabits * BYTES_PER_MEGABIT)],
                                        stdout=subprocess.PIPE, text=True)
        wait_until(lambda: tcp_accepts("127.0.0.1", self.port), "the relay")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.carried = int(self.process.communicate()[0])
