"""A relay that breaks: after so many bytes from the server it resets, closes or stalls every connection, or falsifies a byte."""

import contextlib
import os
import selectors
import socket
import struct
import threading

_MOST_WAITING = 262_144


class _Way:
    """One direction of a connection: what was read from `source` and is not yet written to `sink`."""

    def __init__(self, source, sink, counted):
        self.source, self.sink, self.counted = source, sink, counted
        self.waiting = b""
        self.ended = False


class BreakingRelay:
    """Passes TCP bytes for each pair (here, there) of (address, port). Bytes from `there` are counted over all connections.

    One thread does everything: a socket that another thread still reads would not be reset by closing it.
    """

    def __init__(self, *pairs):
        self._lock = threading.Lock()
        self._fault = None  # (what, after how many bytes)
        self._broken = threading.Event()
        self._closing = False
        self._drop_all = False
        self._marker = None
        self.passed = 0
        self._wake_out, self._wake_in = os.pipe()
        self._listeners = {socket.create_server(here): there for here, there in pairs}
        self._ways = {}  # source socket -> _Way
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def heal(self):
        """From now on everything passes; what stalled is lost, and the count begins anew."""
        with self._lock:
            self._drop_all = self._fault is not None
            self._fault = None
            self.passed = 0
        os.write(self._wake_in, b"x")

    def arm(self, what, after):
        """`what`: reset, close or stall, once `after` bytes have passed; new connections meet the same until heal()."""
        with self._lock:
            self._fault = (what, after)
            self.passed = 0
            self._broken.clear()

    def falsify(self, marker):
        """Turns one bit of the byte after `marker`, the first time that it passes within one piece."""
        self._marker = marker

    def wait_broken(self, timeout=20.0):
        assert self._broken.wait(timeout), "the relay did not come to break"

    def close(self):
        self._closing = True
        os.write(self._wake_in, b"x")
        self._thread.join(10)
        os.close(self._wake_in)
        os.close(self._wake_out)

    def _run(self):
        while not self._closing:
            with selectors.DefaultSelector() as selector:
                selector.register(self._wake_out, selectors.EVENT_READ)
                for listener in self._listeners:
                    selector.register(listener, selectors.EVENT_READ)
                for each, events in self._wanted().items():
                    selector.register(each, events)
                ready = selector.select()
            self._pass_round(ready)
        self._end_connections("close")
        for listener in self._listeners:
            listener.close()

    def _wanted(self):
        wanted = {}
        stalled = self._due() == "stall"
        for way in self._ways.values():
            if not way.ended and len(way.waiting) < _MOST_WAITING and not (stalled and way.counted):
                wanted[way.source] = wanted.get(way.source, 0) | selectors.EVENT_READ
            if way.waiting:
                wanted[way.sink] = wanted.get(way.sink, 0) | selectors.EVENT_WRITE
        return wanted

    def _pass_round(self, ready):
        for key, events in ready:
            if key.fileobj == self._wake_out:
                os.read(self._wake_out, 100)
            elif key.fileobj in self._listeners:
                self._accept(key.fileobj)
            else:
                if events & selectors.EVENT_READ:
                    self._read(key.fileobj)
                self._write_to(key.fileobj)
        with self._lock:
            drop, self._drop_all = self._drop_all, False
        if drop:
            self._end_connections("close")
        fault = self._due()
        if fault and not any(way.counted and way.waiting for way in self._ways.values()) and self._ways:
            self._broken.set()
            if fault != "stall":
                self._end_connections(fault)

    def _accept(self, listener):
        near, _ = listener.accept()
        try:
            far = socket.create_connection(self._listeners[listener], timeout=5)
        except OSError:
            near.close()
            return
        for each in (near, far):
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ways[near] = _Way(near, far, False)
        self._ways[far] = _Way(far, near, True)

    def _read(self, source):
        way = self._ways.get(source)
        if way is None:
            return
        try:
            data = source.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        way.ended = not data
        way.waiting += self._let_pass(data) if way.counted else data
        self._write_to(way.sink)

    def _write_to(self, sink):
        for way in self._ways.values():
            if way.sink is not sink:
                continue
            try:
                if way.waiting:
                    way.waiting = way.waiting[sink.send(way.waiting):]
                if way.ended and not way.waiting:
                    sink.shutdown(socket.SHUT_WR)
            except BlockingIOError:
                pass
            except OSError:
                way.waiting, way.ended = b"", True

    def _let_pass(self, data):
        at = -1 if self._marker is None else data.find(self._marker) + len(self._marker)
        if self._marker is not None and len(self._marker) <= at < len(data):
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            self._marker = None
            self._broken.set()
        with self._lock:
            room = len(data) if self._fault is None else max(0, self._fault[1] - self.passed)
            self.passed += min(room, len(data))
            return data[:room]

    def _due(self):
        with self._lock:
            return self._fault[0] if self._fault and self.passed >= self._fault[1] else None

    def _end_connections(self, how):
        for each in self._ways:
            with contextlib.suppress(OSError):
                if how == "reset":
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.close()
        self._ways = {}
