"""Hosts for the races: each a network namespace with a web responder that plays its PBX, and, while it has power, a process
namespace in which fo-promote and the unit of the PBX run. Losing power ends everything in it at once."""

import ctypes
import os
import signal
import socket
import subprocess
import threading

from support import tool
from support.server import _die_with_parent

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000

# The first process of a host. It runs what it is told on stdin, a command a line, each beside the others. The unit of the PBX
# starts it whenever the world says that it does not run and the guard lets it.
INIT = """#!/bin/bash
cd {dir}
ask() {{ local reply=$PWD/reply.$BASHPID.$RANDOM; mkfifo $reply; echo "$* $reply" > {bmc}; read -r answer < $reply; rm -f $reply; [ "$answer" = ok ]; }}
unit() {{
  while true; do
    if ask idle {name} && {promote} guard > guard.log 2>&1 && ask start {name} unit; then continue; fi
    sleep 0.2
  done
}}
promote() {{ {promote} $1 --confirm {service} > run.log 2>&1; echo "$1 $?" >> status; cat run.log >> runs.log; }}
unit &
while read -r line; do $line & done
"""

START = """#!/bin/bash
reply={dir}/reply.$$.$RANDOM; mkfifo $reply; echo "start {name} hook $reply" > {bmc}; read -r answer < $reply; rm -f $reply; [ "$answer" = ok ]
"""

FENCER = """#!/bin/bash
reply={dir}/reply.$$.$RANDOM; mkfifo $reply; echo "$1 {target} {name} ${{2:-0}} $reply" > {bmc}; read -r answer < $reply; rm -f $reply
[ "$1" = status ] && echo "$answer"
[ "$answer" != failed ]
"""


class Host:
    """One of the nodes. `serving` and `powered` are the truth about it; only the world's thread changes them."""

    def __init__(self, name, address, folder, bmc):
        self.name, self.address, self.bmc = name, address, bmc
        self.cable = f"to-{name}"
        self.dir = folder / name
        self.dir.mkdir()
        self.powered = self.serving = self.frozen = False
        self.answered = []  # (time, who asked) of every probe that was answered
        self.init = None
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], preexec_fn=_die_with_parent)
        self._wait_for_namespace()
        # The kernel takes a dead namespace's cable away in its own time.
        subprocess.run(["ip", "link", "delete", self.cable], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", str(self._holder.pid)], check=True)
        subprocess.run(["ip", "link", "set", self.cable, "master", "br0", "up"], check=True)
        for words in (("address", "add", f"{address}/24", "dev", "eth0"), ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
            subprocess.run([*self.inside, "ip", *words], check=True)

    def _wait_for_namespace(self):
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self._holder.pid}/ns/net") == own:
            pass

    @property
    def inside(self):
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net"]

    def listen(self, port):
        """A listening socket in this host's network."""
        made = []

        def make():
            with open(f"/proc/{self._holder.pid}/ns/net", encoding="ascii") as namespace:
                if _libc.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(socket.create_server(("0.0.0.0", port), backlog=64))
        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        return made[0]

    def write_programs(self, service, peers, config, binary=None):
        """`config`: the lines of [promote] that are the same everywhere; peers: {name: address} of all nodes."""
        words = {"dir": self.dir, "name": self.name, "bmc": self.bmc, "service": service,
                 "promote": f"{binary or tool.path('fo-promote')} --config {self.dir}/failover.conf"}
        self._program("init", INIT.format(**words))
        self._program("start", START.format(**words))
        text = "[promote]\n" + "\n".join([*config, f"node = {self.name}", f"start-hook = {self.dir}/start", f"run-dir = {self.dir}/run",
                                          f"self-probe = http://{self.address}:80/"]) + "\n"
        for name, address in peers.items():
            text += f"\n[node.{name}]\naddress = {address}\n"
            if name != self.name:
                self._program(f"fence-{name}", FENCER.format(target=name, **words))
                text += f"probe = http://{address}:80/\nfence = exec://{self.dir}/fence-{name}?kind=power&timeout=2s\n"
        (self.dir / "failover.conf").write_text(f"[common]\nstate-dir = {self.dir}/state\n\n{text}")

    def _program(self, name, text):
        path = self.dir / name
        path.write_text(text, encoding="ascii")
        path.chmod(0o700)

    def forget(self):
        """A host that was never promoted. It has no power."""
        subprocess.run(f"rm -rf {self.dir}/state {self.dir}/run {self.dir}/*.log {self.dir}/status {self.dir}/reply.*", shell=True, check=True)
        self.answered = []

    def boot(self):
        if self.powered:
            return
        self.powered, self.frozen = True, False
        self.init = subprocess.Popen(
            [*self.inside, "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", str(self.dir / "init")], stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, preexec_fn=_die_with_parent, env=tool.environment())

    def lose_power(self):
        if not self.powered:
            return
        self.powered = self.serving = False
        for pid in self.processes():
            self._signal(pid, signal.SIGKILL)
        self.init.kill()
        self.init.stdin.close()
        self.init.wait()
        # The kernel ends what is in a process namespace with its first process; it must be over before anybody hears of it.
        while self.processes():
            pass

    def processes(self, name=None):
        """The process ids, seen from here, of what runs on this host; of the programs of that name only, if one is given."""
        namespace = os.readlink(f"/proc/{self._holder.pid}/ns/net")
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) in (self._holder.pid, self.init.pid if self.init else 0):
                continue
            try:
                if os.readlink(f"/proc/{entry}/ns/net") != namespace:
                    continue
                with open(f"/proc/{entry}/stat", encoding="ascii") as file:
                    comm, _, rest = file.read().partition("(")[2].rpartition(")")
                if rest.split()[0] != "Z" and (name is None or comm == name):
                    found.append(int(entry))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    @staticmethod
    def _signal(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def signal(self, number, name=None):
        for pid in self.processes(name):
            self._signal(pid, number)

    def tell(self, command):
        """To its first process."""
        if not self.powered:
            return
        try:
            self.init.stdin.write(command + "\n")
            self.init.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def close(self):
        self.lose_power()
        self._holder.kill()
        self._holder.wait()
