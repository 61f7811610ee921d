"""The pair as a booted standby sees it, in the network of this process: the services of both hosts and two references."""

import ctypes
import http.server
import os
import subprocess
import threading

from support import own_network

ACTIVE, STANDBY = "192.0.2.11", "192.0.2.12"
REFERENCES = ("198.51.100.1", "198.51.100.2")
PORT = 5001
SERVICE = "pbx.example.com"
_CLONE_NEWNET = 0x40000000

CONFIG = f"""[probe]
target = http://{ACTIVE}:{PORT}/
reference = tcp://{REFERENCES[0]}:{PORT}
reference = tcp://{REFERENCES[1]}:{PORT}
interval = 1s
retry-interval = 200ms
timeout = 2s

[fetch]
source = file:///srv/store/pbx-*.zip
max-age = 26h

[restore]
target = /srv/pbx
take-over = true
pre-hook = /etc/failover/hooks/tell
post-hook = /etc/failover/hooks/tell

[promote]
service = {SERVICE}
only-standby = true
min-uptime = 0s
dns = hosts:///var/lib/pbx-hosts/hosts
reference = tcp://{REFERENCES[0]}:{PORT}
reference = tcp://{REFERENCES[1]}:{PORT}
tries-interval = 100ms
probe-timeout = 1s
unit = pbx.service
self-probe = http://{STANDBY}:{PORT}/
run-dir = /run/failover

[node.active]
address = {ACTIVE}
machine-id = {'a' * 32}
probe = http://{ACTIVE}:{PORT}/
fence = exec:///etc/failover/fence?kind=power

[node.standby]
address = {STANDBY}
machine-id = {'b' * 32}
"""
FENCE = """#!/bin/sh
case $1 in
  status) if [ -e /var/lib/power/active ]; then echo on; else echo off; fi ;;
  fence) rm -f /var/lib/power/active ;;
esac
"""
TELL = """#!/bin/sh
# systemd is reached from where hooks run.
systemctl is-active pbx.service >>/var/lib/power/told || true
"""
UNIT = """[Unit]
Description=The PBX
[Service]
User=nobody
ExecStart=/bin/sh -c 'touch /var/lib/serving/now; exec sleep infinity'
ExecStopPost=/bin/rm -f /var/lib/serving/now
"""


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        here = self.connection.getsockname()[0]
        up = os.path.exists(self.server.markers.get(here, "/"))
        self.send_response(200 if up else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def lay_out(debian):
    """Configuration, hooks and the PBX's unit with both drop-ins, as an admin would."""
    debian.write("etc/failover/failover.conf", CONFIG, 0o600)
    debian.write("etc/failover/fence", FENCE, 0o700)
    debian.write("etc/failover/hooks/tell", TELL, 0o700)
    debian.write("etc/machine-id", "b" * 32 + "\n")
    debian.write("usr/local/lib/systemd/system/pbx.service", UNIT)
    debian.write("var/lib/pbx-hosts/hosts", f"{ACTIVE} {SERVICE}\n")
    debian.write("var/lib/power/active", "")
    (debian.root / "var/lib/serving").mkdir()
    (debian.root / "var/lib/serving").chmod(0o777)
    drop_ins = debian.root / "etc/systemd/system/pbx.service.d"
    drop_ins.mkdir(parents=True)
    for name in ("only-the-active.conf", "no-half-restore.conf"):
        (drop_ins / name).symlink_to(f"/usr/share/failover/drop-ins/{name}")


def _server(debian):
    server = http.server.ThreadingHTTPServer(("0.0.0.0", PORT), Answers)
    server.markers = {ACTIVE: debian.root / "var/lib/serving-active", STANDBY: debian.root / "var/lib/serving/now"}
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


def serve(debian):
    """For the whole rest of this process, whose network becomes that of the standby; the others are behind a wire."""
    own_network.enter({}, "example.com")
    others = _server(debian)
    there = subprocess.Popen(["sleep", "infinity"], stdout=subprocess.DEVNULL)
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no network of its own for the standby")
    here = _server(debian)
    ip = ["ip"]
    enter = ["nsenter", "--target", str(there.pid), "--net", "ip"]
    for command in ([*ip, "link", "set", "lo", "up"],
                    [*ip, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", str(there.pid)],
                    [*ip, "address", "add", f"{STANDBY}/24", "dev", "wire"], [*ip, "link", "set", "wire", "up"],
                    *([*enter, "address", "add", f"{address}/24", "dev", "wire"] for address in (ACTIVE, *REFERENCES)),
                    [*enter, "link", "set", "wire", "up"], [*ip, "route", "add", "198.51.100.0/24", "dev", "wire"],
                    [*enter, "route", "add", f"{STANDBY}/32", "dev", "wire"]):
        subprocess.run(command, check=True)
    return others, here, there


def end(servers):
    for server in servers[:2]:
        server.shutdown()
        server.server_close()
    servers[2].kill()
    servers[2].wait()
