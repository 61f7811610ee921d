"""What tests/bench/dns runs: one change and its proof as whole processes, three secondaries, and round trips."""

import argparse
import json
import subprocess
import tempfile
import time

from bench.measure import Table, alternately, median, milliseconds, must_end_with, run
from support import tool
from support.named import SERVICE, ZONE, Named
from support.pair import NEW, OLD, Pair
from support.slow_line import FAR, NEAR, SlowLine

A, B = "192.0.2.1", "192.0.2.2"


class Mover:
    """Moves the name to and fro, each time away from where it is."""

    def __init__(self, server, url, folder):
        self.server, self.url, self.folder = server, url, folder
        self.now, self.other = A, B

    def turn(self):
        self.now, self.other = self.other, self.now
        return self.other, self.now

    def ours(self):
        old, new = self.turn()
        command = [tool.path("fo-promote"), "dns", "set", "-q", "--state-dir", f"{self.folder}/state", "--service", SERVICE,
                   "--dns", self.url, "--from", old, "--to", new]
        return must_end_with(0, run(command), "fo-promote dns set")

    def theirs(self):
        old, new = self.turn()
        script = f"{self.folder}/update"
        with open(script, "w", encoding="ascii") as text:
            text.write(f"server {self.server.address} {self.server.port}\nzone {ZONE}.\nprereq yxrrset {SERVICE}. IN A {old}\n"
                       f"update delete {SERVICE}. A\nupdate add {SERVICE}. 60 A {new}\nsend\n")
        update = must_end_with(0, run(["nsupdate", "-v", "-k", self.server.key("sha256"), script]), "nsupdate")
        look = must_end_with(0, run(["dig", "+short", "+tcp", "+norecurse", f"@{self.server.address}", "-p",
                                     str(self.server.port), SERVICE, "A"]), "dig")
        if look.stdout.decode().strip() != new:
            raise SystemExit("dig does not see what nsupdate wrote")
        update.seconds += look.seconds
        update.cpu_seconds += look.cpu_seconds
        return update


def processes(table, runs):
    table.heading("one change and its proof at one server, whole processes")
    with tempfile.TemporaryDirectory() as folder, Named(records=[f"sip 60 IN A {A}"]) as server:
        mover = Mover(server, server.url(ns_port=server.port), folder)
        results = alternately(runs, ours=mover.ours, theirs=mover.theirs)
    for name, label in (("ours", "fo-promote dns set"), ("theirs", "nsupdate, then dig")):
        table.line(label, milliseconds(results[name]), f"CPU {median(results[name], 'cpu_seconds') * 1000:.2f} ms")
    table.ratio("times as fast", median(results["ours"], "seconds"), median(results["theirs"], "seconds"), goal=5)


def secondaries(table, runs):
    table.heading("until a primary and three secondaries agree (NOTIFY at once), whole process")
    addresses = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")
    for address in addresses[1:]:
        subprocess.run(["ip", "address", "add", f"{address}/8", "dev", "lo"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        primary = Named(records=[f"sip 60 IN A {A}"], servers=addresses, notify=addresses[1:])
        servers = [primary.start()]
        for address in addresses[1:]:
            servers.append(Named(address=address, port=primary.port, primary=primary, relayed=False).start())
        mover = Mover(primary, primary.url(ns_port=primary.port), folder)
        results = alternately(runs, ours=mover.ours)
        for server in servers:
            server.close()
    table.line("fo-promote dns set", milliseconds(results["ours"]))


def round_trips(table, runs, rtt=0.1):
    table.heading(f"the dns step of a running promotion over a line of {rtt * 1000:.0f} ms")
    line = SlowLine(rtt / 2)
    seconds = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            pair = Pair(folder)
            pair.named = Named(address=f"{NEAR}.2", servers=(f"{FAR}.2",), records=[f"sip 60 IN A {OLD}"])
            pair.dns = lambda key="sha256", named=pair.named: named.url(key, ns_port=named.port).replace(NEAR, FAR)
            with pair:
                done = subprocess.run(pair.command("run", "--confirm", SERVICE), capture_output=True, text=True, check=False)
                objects = [json.loads(text) for text in done.stdout.splitlines()]
                if pair.addresses != [NEW]:
                    raise SystemExit(f"the promotion failed: {done.stdout}")
                seconds.append(next(each["took_s"] for each in objects if each.get("step") == "dns" and "took_s" in each))
    line.close()
    best = min(seconds)
    table.line("dns step", f"{best * 1000:8.1f} ms", f"{best / rtt:.1f} round trips, goal 3: {'met' if best / rtt < 3.7 else 'MISSED'}")


PARTS = {"processes": processes, "secondaries": secondaries, "round-trips": round_trips}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    table = Table()
    for name in options.parts or PARTS:
        PARTS[name](table, 3 if name == "round-trips" else options.runs)


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"\n{time.monotonic() - began:.0f} s in all")
