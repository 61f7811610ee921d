"""The weak probers, tcp and tunnel: what a kernel does for a process that hangs is up, and nobody should believe it alone."""

import unittest

from conformance.prober_suite import Case, Impossible, ProberSuite
from support.nginx import Nginx
from support.server import free_port
from support.tcp_peer import DeafPeer, TcpPeer, reset, silent


def waits(connection):
    """Breaks the connection only after the prober has closed it."""
    connection.recv(1)
    reset(connection)


class Weak:
    @classmethod
    def setUpClass(cls):
        cls.web, cls.frozen = Nginx(), Nginx()
        for server in (cls.web, cls.frozen):
            cls.addClassCleanup(server.close)
            server.start()
        cls.frozen.freeze()

    def target(self, port):
        return f"{self.kinds[0]}://127.0.0.1:{port}"

    def peer(self, talk):
        return self.target(self.enterContext(TcpPeer(talk)).port)

    def deaf(self):
        peer = DeafPeer()
        self.addCleanup(peer.close)
        return self.target(peer.port)


class Tcp(Weak, ProberSuite, unittest.TestCase):
    kinds = ("tcp",)

    def cases(self):
        return {
            "up": Case(self.target(self.web.port), "up", at_once=True),
            "refused": Case(self.target(free_port()), "down", "refused", at_once=True),
            "silent": Case(self.deaf(), "down", "timed out"),
            "hung": Case(self.target(self.frozen.port), "up", at_once=True),
            "slow": Impossible("the kernel accepts at once"),
            "garbage": Case(self.peer(lambda connection: connection.sendall(b"\0\xff")), "up", at_once=True),
            "half message": Impossible("nothing is read"),
            "reset": Case(self.peer(waits), "up", at_once=True),
            "wrong identity": Impossible("a port has none"),
        }


class Tunnel(Weak, ProberSuite, unittest.TestCase):
    kinds = ("tunnel",)

    def cases(self):
        return {
            "up": Case(self.peer(silent), "up", "stays open", timeout=1.5),
            "refused": Case(self.target(free_port()), "down", "refused", at_once=True),
            "silent": Case(self.deaf(), "down", "timed out"),
            "hung": Case(self.target(self.frozen.port), "up", timeout=1.5),
            "slow": Impossible("the kernel accepts at once"),
            "garbage": Case(self.peer(lambda connection: connection.sendall(b"\0\xff")), "up", timeout=1.5),
            "half message": Case(self.peer(lambda connection: (connection.sendall(b"half"), connection.close())), "down", "closed",
                                 at_once=True),
            "reset": Case(self.peer(reset), "down", at_once=True),
            "wrong identity": Impossible("its protocol is the vendor's"),
            "a timeout too short to see": Case(self.peer(silent), "unknown", "give a longer one", timeout=0.2),
        }


if __name__ == "__main__":
    unittest.main()
