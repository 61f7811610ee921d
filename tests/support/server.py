"""A real server that a test starts on loopback, waits for, and ends by its process id."""

import ctypes
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_reserved = []  # open lock files, one per port, so that tests running side by side never pick the same one


def wait_until(condition, what, timeout=30.0):
    """Calls condition() until it gives something true, and returns that; AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s in vain for {what}")
        time.sleep(0.01)


def runs(pid):
    """True while the process is at work. One that has ended stays in /proc until its parent has asked for its status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _bindable(port, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def free_port(low=11000, high=31000, address="127.0.0.1"):
    """A port free for TCP and UDP, reserved for this process. For SIP: free_port(2000, 9999), sipsak cuts longer ones."""
    folder = Path(tempfile.gettempdir()) / f"fo-test-ports.{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for _ in range(1000):
        port = random.randint(low, high)
        lock = open(folder / str(port), "w", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        if _bindable(port, address):
            _reserved.append(lock)
            return port
        lock.close()
    raise AssertionError(f"no free port between {low} and {high}")


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """Subclasses set `program`, write their configuration into self.dir, and give command() and ready()."""

    program = ""

    def __init__(self):
        if not shutil.which(self.program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            raise AssertionError(f"{self.program} is not installed; tests/run installs what the tests need")
        self.dir = Path(tempfile.mkdtemp(prefix=f"fo-{self.program}."))
        self.process = None

    def command(self):
        """The argument vector of the server, in the foreground."""
        raise NotImplementedError

    def ready(self):
        """True as soon as the server serves."""
        raise NotImplementedError

    @property
    def log(self):
        path = self.dir / "output.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def start(self, timeout=60.0):
        environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        with open(self.dir / "output.log", "ab") as output:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                                            start_new_session=True, preexec_fn=_die_with_parent)
        wait_until(self._ready_or_dead, f"{self.program} to serve; it says: {self.log}", timeout)
        return self

    def _ready_or_dead(self):
        if not self.running():
            raise AssertionError(f"{self.program} ended with {self.process.returncode}: {self.log}")
        return self.ready()

    def signal_group(self, number):
        """Sends a signal to the server and to all its processes."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        """SIGKILL to all its processes: the crash."""
        self.signal_group(signal.SIGKILL)
        self.process.wait()

    def freeze(self):
        """SIGSTOP: the server hangs; the kernel still accepts connections for it."""
        self.signal_group(signal.SIGSTOP)
        # The signal is sent at once; a thread on another core may still answer.
        wait_until(self._stands_still, f"{self.program} to stand still")

    def _stands_still(self):
        threads = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return all(stat.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T" for stat in threads)

    def thaw(self):
        self.signal_group(signal.SIGCONT)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.thaw()
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        if self.process is not None:
            self.signal_group(signal.SIGKILL)
            self.process.wait()

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()


def tcp_accepts(address, port):
    """True if something accepts connections there: the usual ready()."""
    try:
        with socket.create_connection((address, port), timeout=1.0):
            return True
    except OSError:
        return False
