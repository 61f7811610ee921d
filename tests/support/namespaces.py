"""Two hosts and the rest of the world on this one: network namespaces around a bridge. Needs root."""

import os
import re
import subprocess

# Documentation addresses (RFC 5737).
ACTIVE = "192.0.2.11"
STANDBY = "192.0.2.12"
ELSEWHERE = "192.0.2.1"


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


class Network:
    """Namespaces `active` and `standby` with an interface eth0 each, and `elsewhere` with the bridge that joins them; for
    all tests of a class."""

    def __init__(self, case):
        if os.geteuid() != 0:
            raise AssertionError("network namespaces need root")
        self._mark = f"fo{os.getpid()}"
        case.addClassCleanup(self.close)
        for name in ("elsewhere", "active", "standby"):
            _run("ip", "netns", "add", self.name(name))
            self.inside(name, "ip", "link", "set", "lo", "up")
        self.inside("elsewhere", "ip", "link", "add", "br0", "type", "bridge")
        self.inside("elsewhere", "ip", "address", "add", f"{ELSEWHERE}/24", "dev", "br0")
        self.inside("elsewhere", "ip", "link", "set", "br0", "up")
        for name, address in (("active", ACTIVE), ("standby", STANDBY)):
            self.inside("elsewhere", "ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", self.name(name))
            self.inside("elsewhere", "ip", "link", "set", name, "master", "br0", "up")
            self.inside(name, "ip", "address", "add", f"{address}/24", "dev", "eth0")
            self.link(name, "up")

    def name(self, namespace):
        return f"{self._mark}-{namespace}"

    def command(self, namespace):
        """What goes before a command that is to run there."""
        return ["ip", "netns", "exec", self.name(namespace)]

    def inside(self, namespace, *command):
        return _run(*self.command(namespace), *command)

    def link(self, namespace, state):
        """The host's own interface, "up" or "down"."""
        self.inside(namespace, "ip", "link", "set", "eth0", state)

    def cable(self, namespace, state):
        """The other end of it: what happens beyond the host's own network card."""
        self.inside("elsewhere", "ip", "link", "set", namespace, state)

    def lose(self, namespace, every, from_address):
        """Of the packets that arrive there from an address every n-th is lost; 1: all."""
        self.inside(namespace, "iptables", "-A", "INPUT", "-s", from_address, "-m", "statistic", "--mode", "nth", "--every",
                    str(every), "--packet", "0", "-j", "DROP")

    def lost(self, namespace):
        """How many packets its rules have dropped."""
        table = self.inside(namespace, "iptables", "-L", "INPUT", "-v", "-x", "-n")
        return sum(int(count) for count in re.findall(r"^\s*(\d+)\s+\d+\s+DROP", table, re.MULTILINE))

    def mend(self):
        """Every link is up and nothing is lost."""
        for name in ("active", "standby"):
            self.inside(name, "iptables", "-F", "INPUT")
            self.link(name, "up")
            self.cable(name, "up")

    def close(self):
        for name in ("active", "standby", "elsewhere"):
            # A PBX that a promotion has started would run on in a namespace without a name.
            pids = subprocess.run(["ip", "netns", "pids", self.name(name)], capture_output=True, text=True).stdout.split()
            subprocess.run(["kill", "-9", *pids], capture_output=True)
            subprocess.run(["ip", "netns", "delete", self.name(name)], capture_output=True)
