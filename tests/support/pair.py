"""A pair of PBX hosts for fo-promote: a real BIND for the name, a web server that plays the services of both hosts, and
files that say which host has power and which one serves. Hooks and fencer are real programs; they audit one another."""

import http.server
import subprocess
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

from support import tool
from support.named import EPOCH_RECORD, SERVICE, ZONE, Named
from support.server import free_port

OLD, NEW = "127.0.0.11", "127.0.0.12"
REFERENCES = ("127.0.0.13", "127.0.0.14")

FENCER = """#!/bin/sh
case $1 in
  status) if [ -e {d}/power ]; then echo on; else echo off; fi ;;
  fence) rm -f {d}/serving-old; echo "fence $2" >> {d}/audit; rm -f {d}/power ;;
  *) exit 2 ;;
esac
"""

START = """#!/bin/sh
[ -e {d}/power ] && echo "VIOLATION: started while the old active has power" >> {d}/audit
echo "start $FO_HOOK_EPOCH" >> {d}/audit
touch {d}/serving-new
"""


class _Services(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.connection.getsockname()[0]
        marker = {OLD: "serving-old", NEW: "serving-new"}.get(host)
        up = marker is None or (self.server.folder / marker).exists()
        self.send_response(200 if up else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Pair:
    """The old active is node "a" at OLD, this host is node "b" at NEW. Use as a context manager."""

    def __init__(self, folder):
        self.dir = Path(folder)
        self.state = self.dir / "state"
        self.config = self.dir / "failover.conf"
        self.named = Named(records=[f"sip 60 IN A {OLD}"])
        self.port = free_port(address="0.0.0.0")
        self.web = http.server.ThreadingHTTPServer(("0.0.0.0", self.port), _Services)
        self.web.folder = self.dir
        self.web.daemon_threads = True
        self.lines = {}

    def __enter__(self):
        self.named.start()
        threading.Thread(target=self.web.serve_forever, args=(0.01,), daemon=True).start()
        self.program("fencer", FENCER)
        self.program("start", START)
        self.defaults()
        self.reset()
        return self

    def __exit__(self, *_):
        self.web.shutdown()
        self.web.server_close()
        self.named.close()

    def program(self, name, text):
        path = self.dir / name
        path.write_text(text.format(d=self.dir), encoding="utf-8")
        path.chmod(0o700)
        return path

    def probe(self, address):
        return f"http://{address}:{self.port}/"

    def defaults(self):
        self.lines = {
            "service": [SERVICE], "node": ["b"], "dns": [self.dns()], "tries": ["2"], "tries-interval": ["10ms"],
            "probe-timeout": ["1s"], "reference": [self.probe(address) for address in REFERENCES],
            "self-probe": [self.probe(NEW)], "start-hook": [self.dir / "start"], "only-standby": ["true"],
            "allow-stale-backup": ["true"], "assume-was-up": ["true"], "hook-timeout": ["10s"],
        }
        self.fencers = [f"exec://{self.dir}/fencer?kind=power&timeout=3s"]
        self.probes = [self.probe(OLD)]

    def dns(self, key="sha256", **parameters):
        return self.named.url(key, ns_port=self.named.port, **parameters)

    def write_config(self):
        text = "[promote]\n" + "".join(f"{key} = {value}\n" for key, values in self.lines.items() for value in values)
        text += f"\n[node.a]\naddress = {OLD}\nmachine-id = {'a' * 32}\n"
        text += "".join(f"probe = {probe}\n" for probe in self.probes)
        text += "".join(f"fence = {fencer}\n" for fencer in self.fencers)
        text += f"\n[node.b]\naddress = {NEW}\n"
        self.config.write_text(text, encoding="utf-8")

    def reset(self):
        """The old active has power, its service has died; nothing was ever promoted here."""
        self.write_config()
        subprocess.run(["rm", "-rf", self.state, self.dir / "audit", self.dir / "serving-new", self.dir / "serving-old"],
                       check=True)
        (self.dir / "power").touch()
        self.nsupdate(f"update delete {SERVICE}. A", f"update delete {EPOCH_RECORD}. TXT",
                      f"update add {SERVICE}. 60 A {OLD}")

    def nsupdate(self, *lines):
        script = "\n".join([f"server {self.named.address} {self.named.port}", f"zone {ZONE}.", *lines, "send", ""])
        subprocess.run(["nsupdate", "-k", self.named.key("sha256")], input=script, text=True, check=True, timeout=20)

    def dig(self, name, kind):
        done = subprocess.run(["dig", "+short", "+tcp", "+time=3", "+tries=1", f"@{self.named.address}", "-p",
                               str(self.named.port), name, kind], capture_output=True, text=True, check=True, timeout=20)
        return done.stdout.split("\n")[:-1]

    @property
    def addresses(self):
        return self.dig(SERVICE, "A")

    @property
    def mark(self):
        """The epoch mark as a dictionary, or None."""
        texts = self.dig(EPOCH_RECORD, "TXT")
        return dict(part.split("=", 1) for part in texts[0].strip('"').split()) if texts else None

    @property
    def audit(self):
        path = self.dir / "audit"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def has_power(self):
        return (self.dir / "power").exists()

    @property
    def started(self):
        return (self.dir / "serving-new").exists()

    def command(self, verb, *arguments):
        return [tool.path("fo-promote"), verb, "--config", self.config, "--state-dir", self.state, "--json", *arguments]

    def run(self, verb, *arguments, **options):
        return tool.run("fo-promote", verb, "--config", self.config, "--state-dir", self.state, "--json", *arguments, **options)

    def promote(self, verb="run", *arguments, **options):
        return self.run(verb, "--confirm", SERVICE, *arguments, **options)


def word(node, minutes_ago=0):
    """The operator's word as --i-have-powered-off takes it."""
    return f"{node}@{(datetime.now(timezone.utc) - timedelta(minutes=minutes_ago)).strftime('%Y-%m-%dT%H:%M:%SZ')}"
