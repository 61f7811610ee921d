"""What tests/bench/promotion runs: a whole promotion as a process, and one that begins with the active's death."""

import argparse
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from bench.measure import Table, alternately, median, must_end_with, run
from support import tool
from support.etcd import start_cluster
from support.kamailio import Kamailio
from support.named import EPOCH_RECORD, SERVICE, ZONE
from support.pair import NEW, OLD, Pair
from support.server import wait_until
from support.sshd import Sshd

# Each program notes when it began and ended: what it took is not the tool's. Its start is, by the shell's own count.
TIMED = """#!/bin/bash
begun=$EPOCHREALTIME
{body}
status=$?
echo "$begun $EPOCHREALTIME" >> {d}/times
exit $status
"""


class Stage(ExitStack):
    """A pair whose old host is fenced over ssh, by its services."""

    def __init__(self):
        super().__init__()
        self.folder = Path(self.enter_context(tempfile.TemporaryDirectory()))
        # What its user's shell reads at the start is of this machine.
        self.sshd = Sshd(settings=("SetEnv HOME=/nonexistent",))
        self.callback(self.sshd.close)
        self.sshd.start()
        self.pair = self.enter_context(Pair(self.folder))
        self.ssh = (f"ssh -F none -i {self.sshd.identity} -o UserKnownHostsFile={self.sshd.known_hosts} -o BatchMode=yes "
                    f"-o KexAlgorithms=curve25519-sha256 -p {self.sshd.port} {self.sshd.user}@{self.sshd.address}")
        where = self.folder
        self.timed("fencer", f"case $1 in\nstatus) {self.ssh} 'test -e {where}/power && echo on || echo off' ;;\n"
                             f"fence) {self.ssh} 'rm -f {where}/power' ;;\nesac")
        self.timed("start", f"touch {where}/serving-new")
        self.pair.fencers = [f"exec://{where}/fencer?kind=service&timeout=30s"]
        self.pair.lines["tries"] = ["1"]
        self.script = self.program("by-hand", self.by_hand())

    def program(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o700)
        return path

    def timed(self, name, body):
        self.program(name, TIMED.format(body=body, d=self.folder))

    def by_hand(self):
        """What somebody writes at three in the morning: stop there and look, start here and look, move the name and look."""
        server = f"@{self.pair.named.address} -p {self.pair.named.port}"
        return (f"#!/bin/bash\nset -e\ncurl -s -m 1 -o /dev/null -f {self.pair.probe(OLD)} && exit 1\n"
                f"{self.ssh} 'rm -f {self.folder}/power'\n"
                f"[ $({self.ssh} 'test -e {self.folder}/power && echo on || echo off') = off ]\n"
                f"touch {self.folder}/serving-new\ncurl -s -f -m 5 -o /dev/null {self.pair.probe(NEW)}\n"
                f"nsupdate -v -k {self.pair.named.key('sha256')} <<END\nserver {self.pair.named.address} {self.pair.named.port}\n"
                f"zone {ZONE}.\nprereq yxrrset {SERVICE}. IN A {OLD}\nupdate delete {SERVICE}. A\nupdate add {SERVICE}. 60 A {NEW}\n"
                f"update add {EPOCH_RECORD}. 60 TXT \"epoch=1 node=b\"\nsend\nEND\n"
                f"[ \"$(dig +short +tcp +norecurse {server} {SERVICE} A)\" = {NEW} ]\n")

    def measured(self, command, status):
        self.pair.reset()
        # A standby has its state directory.
        must_end_with(0, run([str(part) for part in self.pair.command("pause", "--off")]), "fo-promote pause")
        (self.folder / "times").write_text("", encoding="ascii")
        result = must_end_with(status, run(command), command[0])
        if self.pair.addresses != [NEW] or self.pair.has_power or not self.pair.started:
            raise SystemExit(f"{command[0]} has not promoted")
        spans = [line.split() for line in (self.folder / "times").read_text(encoding="ascii").splitlines()]
        result.external = sum(float(end) - float(begin) for begin, end in spans)
        result.own = result.seconds - result.external
        return result

    def ours(self):
        # 3: nothing was ever restored on this host.
        return self.measured([str(part) for part in self.pair.command("run", "--confirm", SERVICE)], 3)

    def theirs(self):
        return self.measured([str(self.script)], 0)


def steps(table, result):
    """The last run's own timeline."""
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    for one in objects:
        if one["type"] == "step":
            table.line(f"    {one['step']}", f"{one['took_s'] * 1000:8.2f} ms")


def whole(table, runs):
    table.heading("a whole promotion: fence over ssh, start, DNS, all read back; the state directory on the disk")
    with Stage() as stage:
        results = alternately(runs, ours=stage.ours, theirs=stage.theirs)
    for name, label in (("ours", "fo-promote run"), ("theirs", "a script of ssh, nsupdate and dig")):
        table.line(label, f"{median(results[name], 'seconds') * 1000:8.1f} ms", f"CPU {median(results[name], 'cpu_seconds') * 1000:.1f} ms")
    table.ratio("times as fast as the script", median(results["ours"], "seconds"), median(results["theirs"], "seconds"))
    table.line("of it in the fencer's and the hook's programs", f"{median(results['ours'], 'external') * 1000:8.1f} ms")
    table.bound("our own, with flushed journal and DNS", median(results["ours"], "own") * 1000, 50)
    steps(table, results["ours"][-1])


class Death(ExitStack):
    """An active host that answers SIP over TCP until it is killed, three etcd members, and programs that return at once."""

    def __init__(self):
        super().__init__()
        self.folder = Path(self.enter_context(tempfile.TemporaryDirectory()))
        self.cluster = start_cluster(self)
        self.pair = self.enter_context(Pair(self.folder))
        self.pair.program("fencer", "#!/bin/sh\ncase $1 in\nstatus) [ -e {d}/power ] && echo on || echo off ;;\n"
                                    "fence) rm -f {d}/power ;;\nesac\n")
        self.pair.program("start", "#!/bin/sh\n: > {d}/serving-new\n")
        self.pair.lines["tries"] = ["1"]
        self.pair.lines.pop("only-standby")
        self.pair.lines["min-uptime"] = ["0s"]
        self.pair.lines["run-dir"] = [self.folder / "run"]

    addCleanup = ExitStack.callback  # for start_cluster

    def once(self):
        with Kamailio(address=OLD) as active:
            return self.take_over(active)

    def take_over(self, active):
        target = f"sip://{OLD}:{active.port}?transport=tcp"
        self.pair.probes = [target]
        self.pair.lines["arbiter"] = [self.cluster[0].url(f"failover/{time.monotonic_ns()}", *self.cluster[1:])]
        self.pair.reset()
        self.adopt(target)
        references = [part for one in self.pair.lines["reference"] for part in ("--reference", one)]
        watch = [tool.path("fo-probe"), "--watch", "--config", "/dev/null", "--state-dir", self.pair.state, "--keep-open", "--fall", "2",
                 "--retry-interval", "50ms", "--interval", "5s", "-t", "1s", "--json", *references, target]
        run_it = self.pair.command("run", "--confirm", SERVICE)
        both = f"{' '.join(map(repr, map(str, watch)))} > {self.folder}/watched && exec {' '.join(map(repr, map(str, run_it)))}"
        process = subprocess.Popen(["/bin/sh", "-c", both], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        wait_until(lambda: '"to":"up"' in self.watched(), "the watch")
        time.sleep(0.3)
        killed = time.time()
        active.kill()
        output = process.stdout.read()
        ended = time.time()
        if process.wait() != 3 or self.pair.addresses != [NEW]:
            raise SystemExit(f"no promotion: {output}")
        return Timed(killed, ended, self.watched(), output)

    def watched(self):
        path = self.folder / "watched"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def adopt(self, target):
        """By the old host's own fo-promote."""
        ours, self.pair.lines["self-probe"] = self.pair.lines["self-probe"], []
        self.pair.write_config()
        with tempfile.TemporaryDirectory() as theirs:
            must_end_with(0, run([str(part) for part in (
                tool.path("fo-promote"), "adopt", "--config", self.pair.config, "--json", "--node", "a", "--state-dir", f"{theirs}/state",
                "--run-dir", f"{theirs}/run", "--self-probe", target, "--confirm", SERVICE)]), "fo-promote adopt")
        self.pair.lines["self-probe"] = ours
        self.pair.write_config()


class Timed:
    """Seconds from the death to the verdict, and to the end of the promotion, in which DNS was verified."""

    def __init__(self, killed, ended, watched, output):
        self.seconds = ended - killed
        self.stdout = output
        verdict = json.loads(watched.splitlines()[-1])
        self.verdict = datetime.fromisoformat(verdict["time"].replace("Z", "+00:00")).timestamp() - killed


def death(table, runs):
    table.heading("from SIGKILL of the active to the verified name: --keep-open, fall 2, retry interval 50 ms, three etcd members")
    with Death() as stage:
        stage.once()
        results = [stage.once() for _ in range(runs)]
    table.line("to the verdict of fo-probe", f"{median(results, 'verdict') * 1000:8.2f} ms")
    table.bound("to the end of fo-promote, DNS read back", median(results, "seconds") * 1000, 300)
    table.line("least and most", *(f"{pick(one.seconds for one in results) * 1000:8.2f} ms" for pick in (min, max)))
    steps(table, results[-1])


PARTS = {"whole": whole, "death": death}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--runs", type=int, default=11)
    options = parser.parse_args()
    table = Table()
    for name in options.parts or PARTS:
        PARTS[name](table, options.runs)


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"\n{time.monotonic() - began:.0f} s in all")
