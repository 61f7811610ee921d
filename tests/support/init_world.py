"""Two hosts in network namespaces that know nothing of fo-tools yet: a Kamailio on the active one, its backups behind sshd,
the name at BIND. Each host has a machine id and a name server of its own. Needs root."""

import shutil
import subprocess
from pathlib import Path

from support import tool
from support.backup_files import write_backup
from support.named import SERVICE, Named
from support.namespaces import ACTIVE, ELSEWHERE, STANDBY, Network
from support.sshd import Sshd

STORE = "192.0.2.3"  # a second host of the rest of the world
MACHINE_IDS = {"active": "1" * 32, "standby": "2" * 32}
ADDRESSES = {"active": ACTIVE, "standby": STANDBY}

KAMAILIO = """debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
loadmodule "sl.so"
loadmodule "textops.so"
request_route { if (is_method("OPTIONS")) sl_send_reply("200", "OK"); }
"""

START = """#!/bin/sh
exec /usr/sbin/kamailio -f {tree}/kamailio.cfg -l udp:{address}:5060 -l tcp:{address}:5060 -Y {run} -P {run}/pid -m 16 -M 4 >/dev/null 2>&1
"""

# The power switch of the active host: its processes end, and it has no network any more.
POWER = """#!/bin/sh
link() {{ ip netns exec {elsewhere} ip -o link show {link} | grep -q 'state UP'; }}
case $1 in
  status) if link || [ -n "$(ip netns pids {active})" ]; then echo on; else echo off; fi ;;
  fence) ip netns pids {active} | xargs -r kill -9; ip netns exec {elsewhere} ip link set {link} down; sleep 0.2 ;;
  *) exit 2 ;;
esac
"""


class InitWorld:
    """host folders: self.dir/active and self.dir/standby, each with failover.conf once init has written it."""

    def __init__(self, case):
        self.network = Network(case)
        self.dir = tool.temporary_folder(case)
        self.dir.chmod(0o755)
        self.network.inside("elsewhere", "ip", "address", "add", f"{STORE}/24", "dev", "br0")
        self._etc = []
        for host, machine_id in MACHINE_IDS.items():
            self._host(case, host, machine_id)
        self.named = self._serve(case, Named(ELSEWHERE, 53, records=[f"sip 60 IN A {ACTIVE}"], relayed=False), ELSEWHERE)
        store = Sshd()
        store.address, store.port = STORE, 22
        store.known_hosts.write_text("".join(store.known_hosts_line(key, STORE) for key in store.host_keys), encoding="ascii")
        self.store = self._serve(case, store, STORE)
        self.program("power", POWER.format(elsewhere=self.network.name("elsewhere"), active=self.network.name("active"), link="active"))

    def _host(self, case, host, machine_id):
        etc = Path("/etc/netns") / self.network.name(host)
        etc.mkdir(parents=True)
        case.addCleanup(shutil.rmtree, etc, True)
        (etc / "machine-id").write_text(machine_id + "\n", encoding="ascii")
        (etc / "resolv.conf").write_text(f"nameserver {ELSEWHERE}\n", encoding="ascii")
        folder = self.dir / host
        for part in ("pbx", "run"):
            (folder / part).mkdir(parents=True)

    def _serve(self, case, server, address):
        plain, wrapper = server.command, self.network.command("elsewhere")
        server.command = lambda: [*wrapper, *plain()]
        look = f"import socket; socket.create_connection(({address!r}, {server.port}), 1)"
        server.ready = lambda: subprocess.run([*wrapper, "python3", "-c", look], capture_output=True, check=False).returncode == 0
        case.addCleanup(server.close)
        return server.start()

    def program(self, name, text):
        path = self.dir / name
        path.write_text(text, encoding="ascii")
        path.chmod(0o755)
        return path

    def pbx(self, host):
        """The program that starts the PBX of that host from its tree."""
        folder = self.dir / host
        return self.program(f"start-{host}", START.format(tree=folder / "pbx", address=ADDRESSES[host], run=folder / "run"))

    def serve(self):
        """The active host has its PBX, which runs, and last night's backup of it is in the store."""
        (self.dir / "active/pbx/kamailio.cfg").write_text(KAMAILIO, encoding="ascii")
        write_backup(self.store.store / "pbx-1.zip", {"kamailio.cfg": KAMAILIO})
        self.network.inside("active", str(self.pbx("active")))

    def config(self, host):
        return self.dir / host / "failover.conf"

    def run(self, host, name, *arguments, **options):
        """A tool on that host, with the configuration that init has written there and nothing else."""
        where = {"FO_CONFIG": str(self.config(host)), "FO_STATE_DIR": str(self.dir / host / "state")}
        return tool.run(name, *arguments, wrapper=self.network.command(host), env=where, **options)

    def start(self, host, name, *arguments):
        where = {"FO_CONFIG": str(self.config(host)), "FO_STATE_DIR": str(self.dir / host / "state")}
        return tool.start(name, *arguments, wrapper=self.network.command(host), env=where)

    def crash(self):
        """The PBX of the active host dies; the host does not."""
        pids = subprocess.run(["ip", "netns", "pids", self.network.name("active")], capture_output=True, text=True, check=True)
        subprocess.run(["kill", "-9", *pids.stdout.split()], check=True)

    @property
    def address(self):
        return self.network.inside("elsewhere", "dig", "+short", "+time=2", f"@{ELSEWHERE}", SERVICE, "A").split()
