"""The world around the hosts of a race: a bridge, three etcd members, a BIND, references, and one thread that answers for every
PBX and every power switch. That thread is the only one to change who serves, so what it sees is what happened."""

import collections
import contextlib
import ctypes
import fcntl
import os
import random
import selectors
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

from crash.race_audit import claimed_at
from crash.race_hosts import Host
from support.etcd import Etcd
from support.named import SERVICE, Named
from support.server import free_port, wait_until

ADDRESSES = {"a": "192.0.2.11", "b": "192.0.2.12", "c": "192.0.2.13"}
_HERE, _OTHER_REFERENCE = "192.0.2.1", "192.0.2.2"
_libc = ctypes.CDLL(None, use_errno=True)
_entered = []


def enter_own_network():
    """This process, and all that it starts, moves to a network of its own with the bridge br0. Once; needs root."""
    if _entered:
        return
    if _libc.unshare(0x40000000) != 0:
        raise AssertionError("network namespaces need root")
    for words in ("link set lo up", "link add br0 type bridge", f"address add {_HERE}/24 dev br0", f"address add {_OTHER_REFERENCE}/24 dev br0",
                  "link set br0 up"):
        subprocess.run(["ip", *words.split()], check=True)
    _entered.append(True)


def set_link(name, up):
    """The cable of a host, at this end."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = bytearray(struct.pack("16sh22x", name.encode(), 0))
        fcntl.ioctl(control, 0x8913, request)  # SIOCGIFFLAGS
        flags = struct.unpack_from("h", request, 16)[0]
        struct.pack_into("h", request, 16, flags | 1 if up else flags & ~1)
        fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS


class Member(Etcd):
    """An etcd member on a host of its own."""

    def __init__(self, host, members):
        super().__init__(host.name, members)
        self.host = host
        self.place = f"{host.address}:2379"

    def command(self):
        return [*self.host.inside, *super().command()]


class World:
    """Use as a context manager, for any number of runs."""

    def __init__(self, folder, arbiter="etcd", binary=None):
        enter_own_network()
        self.dir = Path(folder)
        self.arbiter = arbiter
        self.bmc = self.dir / "bmc"
        os.mkfifo(self.bmc)
        self.hosts = {name: Host(name, address, self.dir, self.bmc) for name, address in ADDRESSES.items()}
        self.places = [Host(f"e{number}", f"192.0.2.{20 + number}", self.dir, self.bmc) for number in (1, 2, 3)] if arbiter == "etcd" else []
        members = {place.name: f"http://{place.address}:2380" for place in self.places}
        self.members = [Member(place, members) for place in self.places]
        self.named = Named(address=_HERE, port=free_port(), records=[f"sip 60 IN A {ADDRESSES['a']}"], relayed=False)
        self.events = []       # (time, what) as it happened
        self.violations = []
        self.starts = 0
        self.fences = 0
        self.faults = {}       # of the fence device of a host: fails before, fails after, slow
        self._random = random.Random()
        self._work = collections.deque()
        self._later = []       # (when, deed)
        self._answers = []     # descriptors of replies that nobody may have read yet
        self._waiting = {}     # replies to units whose PBX runs, by the name of the host
        self._closing = False
        self._binary = binary

    def __enter__(self):
        self.named.start()
        for member in self.members:
            member.start_without_waiting()
        for member in self.members:
            wait_until(member.ready, f"a leader; {member.name} says: {member.log}", 30)
        self._write_programs()
        self._begin()
        return self

    def __exit__(self, *_):
        self.call(lambda: [host.lose_power() for host in self.hosts.values()])
        self._closing = True
        self._wake()
        self._thread.join()
        self._end_listening()
        for each in (*self.members, self.named, *self.hosts.values(), *self.places):
            each.close()

    def _write_programs(self):
        arbiter = "dns" if self.arbiter == "dns" else "etcd://" + ",".join(f"{place.address}:2379" for place in self.places) + "/failover/pbx"
        config = [f"service = {SERVICE}", f"dns = {self.named.url(ns_port=self.named.port)}", f"arbiter = {arbiter}", "tries = 1", "tries-interval = 10ms",
                  "probe-timeout = 500ms", f"reference = tcp://{_HERE}:81", f"reference = tcp://{_OTHER_REFERENCE}:81", "allow-stale-backup = true",
                  "assume-was-up = true", "hook-timeout = 2s", "min-uptime = 0s"]
        for host in self.hosts.values():
            host.write_programs(SERVICE, ADDRESSES, config, self._binary)

    def _begin(self):
        self._selector = selectors.DefaultSelector()
        # Read and write: so it never sees an end, and nobody who writes waits for a reader.
        self._fifo = os.open(self.bmc, os.O_RDWR | os.O_NONBLOCK)
        self._selector.register(self._fifo, selectors.EVENT_READ, self._read_requests)
        self._wake_out, self._wake_in = os.pipe()
        self._selector.register(self._wake_out, selectors.EVENT_READ, lambda: os.read(self._wake_out, 4096))
        for address in (_HERE, _OTHER_REFERENCE):
            self._listen(socket.create_server((address, 81), backlog=64), None)
        for host in self.hosts.values():
            self._listen(host.listen(80), host)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _listen(self, server, host):
        server.setblocking(False)
        self._selector.register(server, selectors.EVENT_READ, lambda: self._accept(server, host))

    def _end_listening(self):
        # The next world of this process wants the same addresses; a socket that waits for the garbage collector keeps them.
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()
        for descriptor in (self._fifo, self._wake_out, self._wake_in):
            os.close(descriptor)

    # The one thread.

    def _run(self):
        while not self._closing:
            now = time.monotonic()
            wait = min([when - now for when, _ in self._later], default=1.0)
            for key, _ in self._selector.select(max(0.0, wait)):
                key.data()
            while self._work:
                self._work.popleft()()
            due = [each for each in self._later if each[0] <= time.monotonic()]
            for each in due:
                self._later.remove(each)
                each[1]()

    def _wake(self):
        os.write(self._wake_in, b"x")

    def call(self, deed):
        """Has the thread do something, and waits for it."""
        done = threading.Event()
        self._work.append(lambda: (self._read_requests(), deed(), done.set()))
        self._wake()
        if not done.wait(20):
            raise AssertionError("the world stands still")

    def note(self, what):
        self.events.append((time.time(), what))

    def _accept(self, server, host):
        with contextlib.suppress(OSError):
            connection, peer = server.accept()
            connection.settimeout(0.2)
            with connection:
                if host is None or not host.powered or host.frozen:
                    return
                connection.recv(4096)
                if host.serving:
                    # Noted first: whoever has the answer has been noted.
                    host.answered.append((time.time(), peer[0]))
                connection.sendall(b"HTTP/1.1 " + (b"200 OK" if host.serving else b"503 No") + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def _read_requests(self):
        with contextlib.suppress(BlockingIOError):
            for line in os.read(self._fifo, 65536).decode("ascii").splitlines():
                verb, name, *more, reply = line.split()
                getattr(self, f"_ask_{verb}")(self.hosts[name], reply, *more)

    def _answer(self, reply, text):
        with contextlib.suppress(OSError):
            descriptor = os.open(reply, os.O_RDWR | os.O_NONBLOCK)
            os.write(descriptor, text.encode() + b"\n")
            self._answers.append(descriptor)

    def _after(self, seconds, deed):
        self._later.append((time.monotonic() + seconds, deed))

    # What programs ask for.

    def _ask_idle(self, host, reply):
        """Answered once its PBX does not run."""
        self._waiting[host.name] = reply
        self._tell_waiting()

    def _tell_waiting(self):
        for name, reply in list(self._waiting.items()):
            if self.hosts[name].powered and not self.hosts[name].serving:
                del self._waiting[name]
                self._answer(reply, "ok")

    def _ask_start(self, host, reply, by):
        # Between the permission and the start there is time, as everywhere.
        life = host.init
        self._after(self._random.choice((0, 0, 0.02, 0.08)), lambda: self._started(host, reply, by, life))

    def _started(self, host, reply, by, life):
        if not host.powered or host.init is not life:
            return
        host.serving = True
        self.starts += 1
        self.note(f"{host.name} serves, started by its {by}")
        both = [each.name for each in self.hosts.values() if each.serving]
        if len(both) > 1:
            self.violations.append(f"never two: {' and '.join(both)} serve")
        self._answer(reply, "ok")

    def _ask_status(self, host, reply, _by, _epoch):
        self._answer(reply, "on" if host.powered else "off")

    def _ask_fence(self, host, reply, by, epoch):
        fault = self.faults.get(host.name)
        if fault == "fails before":
            self._answer(reply, "failed")
        elif fault == "slow":
            self._after(0.3, lambda: self._act(host, reply, by, epoch, "ok"))
        else:
            self._act(host, reply, by, epoch, "failed" if fault == "fails after" else "ok")

    def _act(self, host, reply, by, epoch, answer):
        self.fences += 1
        self._audit_fence(host, by, int(epoch))
        host.lose_power()
        self.note(f"{host.name} is off, by {by} for epoch {epoch}")
        self._answer(reply, answer)

    def _audit_fence(self, host, by, epoch):
        """No healthy host is fenced: it has answered no probe of the one that fences since that one claimed."""
        since = claimed_at(self.hosts[by].dir, epoch)
        if since is None or not host.serving:
            return
        heard = [when for when, who in host.answered if who == ADDRESSES[by] and when > since + 0.002]
        if heard:
            self.violations.append(f"no healthy host is fenced: {by} fences {host.name} for epoch {epoch}, though it answered "
                                   f"{heard[-1] - since:.3f} s after the claim")

    # What befalls a host. All within call().

    def boot(self, name):
        self._read_requests()
        if self.hosts[name].powered:
            return
        self.hosts[name].boot()
        self.note(f"{name} boots")

    def lose_power(self, name):
        self.hosts[name].lose_power()
        self.note(f"{name} loses power")

    def end_service(self, name):
        self.hosts[name].serving = False
        self.note(f"the service of {name} dies")
        self._tell_waiting()

    def serves_from_the_beginning(self, name):
        self.hosts[name].serving = True

    def reset(self, seed):
        """Everything off and forgotten; DNS as in the beginning."""
        self._random.seed(seed)
        self._later.clear()
        for host in self.hosts.values():
            host.lose_power()
            host.forget()
        self._read_requests()
        self._waiting.clear()
        for descriptor in self._answers:
            os.close(descriptor)
        self._answers, self.events, self.violations, self.faults = [], [], [], {}
        self.starts = self.fences = 0
