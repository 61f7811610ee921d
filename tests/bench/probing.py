"""How fast and how cheap fo-probe is, beside the programs one would take instead; started by tests/bench/probe."""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.measure import Run, Table, alternately, cpu_of, median, milliseconds, must_end_with, peak_mib_of, run
from bench.peers import KEYS, PARALLEL, BlackboxExporter, ModernNginx, SipResponder
from support.kamailio import Kamailio
from support.nginx import Nginx
from support.tool import BIN

CHECK_HTTP = "/usr/lib/nagios/plugins/check_http"
PROBE = str(BIN / "fo-probe")


def probe(*arguments, status=0, stdin=None):
    # No settings of this machine.
    return must_end_with(status, run([PROBE, "--config", "/dev/null", *arguments], stdin), f"fo-probe {arguments[0]}")


def plain(*command):
    return must_end_with(0, run(command), command[0])


def written(folder, targets):
    path = Path(folder) / "targets"
    path.write_text("".join(f"{target}\n" for target in targets), encoding="ascii")
    return path


def observed(path, rounds):
    """The rounds that the library itself took, without a process's start and output."""
    done = must_end_with(0, run([str(BIN / "bench_observe"), str(rounds)], path), "bench_observe")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(one["up"] == one["targets"] for one in found), found
    return found, done.peak_mib


def starts(table, runs):
    table.heading("start of the process")
    results = alternately(runs, ours=lambda: plain(PROBE, "--version"), curl=lambda: plain("curl", "--version"), true=lambda: plain("true"))
    for name, label in (("ours", "fo-probe --version"), ("curl", "curl --version"), ("true", "true(1), the least")):
        table.line(label, milliseconds(results[name]), milliseconds(results[name], "cpu_seconds") + " CPU")


def one_sip_check(table, runs):
    with Kamailio() as server:
        table.heading("one SIP check against Kamailio")
        uri = f"sip:ping@127.0.0.1:{server.port}"
        results = alternately(runs, ours=lambda: probe(server.target), sipsak=lambda: plain("sipsak", "-s", uri))
        table.line("fo-probe", milliseconds(results["ours"]), milliseconds(results["ours"], "cpu_seconds") + " CPU")
        table.line("sipsak", milliseconds(results["sipsak"]), milliseconds(results["sipsak"], "cpu_seconds") + " CPU")
        table.ratio("faster than sipsak", median(results["ours"], "seconds"), median(results["sipsak"], "seconds"), 1.5)


def one_https_check(table, runs):
    with ModernNginx() as server:
        table.heading("one HTTPS check against nginx (RSA 2048, TLS 1.3)")
        port, path = server.tls_port, "/200"
        # fo-probe judges the certificate, and that it is self-signed is a warning; so the fair curl verifies one, too.
        verified = ("curl", "-s", "-o", "/dev/null", "--cacert", str(server.certificate), "--resolve", f"pbx.example:{port}:127.0.0.1",
                    f"https://pbx.example:{port}{path}")
        results = alternately(
            runs, ours=lambda: probe(f"https://127.0.0.1:{port}{path}", status=1), curl=lambda: plain(*verified),
            blind=lambda: plain("curl", "-sk", "-o", "/dev/null", f"https://127.0.0.1:{port}{path}"),
            plugin=lambda: plain(CHECK_HTTP, "-I", "127.0.0.1", "-p", str(port), "-S", "-u", path))
        for name, label in (("ours", "fo-probe"), ("curl", "curl --cacert, verifies by this one certificate"),
                            ("blind", "curl -k, verifies nothing"), ("plugin", "check_http, verifies nothing")):
            table.line(label, milliseconds(results[name]), milliseconds(results[name], "cpu_seconds") + " CPU")
        ours = median(results["ours"], "seconds")
        table.ratio("faster than curl --cacert", ours, median(results["curl"], "seconds"), 1.0)
        table.ratio("faster than curl -k", ours, median(results["blind"], "seconds"))
        table.ratio("faster than check_http", ours, median(results["plugin"], "seconds"))


def many_sip_targets(table, runs):
    with SipResponder() as server, tempfile.TemporaryDirectory() as folder:
        for count, limit in ((1000, 25), (10000, 250)):
            table.heading(f"{count} SIP targets in one pass, a connected socket each, at most {PARALLEL} in flight")
            path = written(folder, server.targets(count))
            rounds, peak = observed(path, runs)
            took = statistics.median(one["seconds"] for one in rounds) * 1000
            cpu = statistics.median(one["cpu_seconds"] for one in rounds)
            table.bound("the pass, in the library", took, limit)
            table.line("its CPU", f"{cpu * 1e6 / count:8.2f} us a check", f"{peak:6.1f} MiB")
            results = alternately(max(3, runs // 3), ours=lambda path=path: probe("--targets-from", str(path)))
            table.line("fo-probe --targets-from, the whole process", milliseconds(results["ours"]),
                       f"{median(results['ours'], 'peak_mib'):6.1f} MiB")
    with Kamailio() as server, tempfile.TemporaryDirectory() as folder:
        path = written(folder, (f"{server.target}?name=pbx{number}.example" for number in range(1000)))
        rounds, _ = observed(path, runs)
        table.line("1000 targets on one Kamailio (one child)", f"{statistics.median(one['seconds'] for one in rounds) * 1000:8.2f} ms")


def many_https_targets(table, runs):
    for key in KEYS:
        with ModernNginx(key) as server, BlackboxExporter() as exporter, tempfile.TemporaryDirectory() as folder:
            table.heading(f"1000 HTTPS targets on one nginx ({key}, TLS 1.3)")
            targets = [f"https://127.0.0.1:{server.tls_port}/200?{number}" for number in range(1000)]
            many_https_of_one_key(table, runs, written(folder, targets), exporter, targets)


def many_https_of_one_key(table, runs, path, exporter, targets):
    exporter.prepare(targets)

    def scrape():
        began, cpu = time.perf_counter(), cpu_of(exporter.pid)
        up = exporter.scrape()
        assert up == len(targets), f"the exporter found {up} up"
        return Run(time.perf_counter() - began, cpu_of(exporter.pid) - cpu, peak_mib_of(exporter.pid), 0, b"")

    results = alternately(runs, ours=lambda: probe("--targets-from", str(path), status=1), exporter=scrape)
    for name, label in (("ours", "fo-probe, the whole process"), ("exporter", "blackbox_exporter, a running one")):
        table.line(label, milliseconds(results[name]), f"{median(results[name], 'cpu_seconds'):.3f} s CPU",
                   f"{median(results[name], 'peak_mib'):6.1f} MiB")
    for field, label, goal in (("seconds", "faster than blackbox_exporter", 1.1), ("cpu_seconds", "less CPU than blackbox_exporter", 1 / 0.75)):
        table.ratio(label, median(results["ours"], field), median(results["exporter"], field), goal)
    rounds, _ = observed(path, 3)
    # A one-shot check keeps no connection, so later rounds cost what the first one does.
    table.line("three rounds of one process, in the library", "  ".join(f"{one['seconds'] * 1000:.1f} ms" for one in rounds))


def start_watch(state, *arguments):
    return subprocess.Popen([PROBE, "--config", "/dev/null", "--state-dir", str(state), "--watch", "--json", *arguments],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def until_up(watch, targets=1):
    """Reads a watch's output until so many targets are known to be up."""
    up = 0
    for line in watch.stdout:
        one = json.loads(line)
        up += one["type"] == "state" and one["to"] == "up"
        if up == targets:
            return
    raise AssertionError("the watch ended early")


def steady_state(table, seconds):
    with Kamailio() as sip, Nginx() as web, tempfile.TemporaryDirectory() as folder:
        table.heading("a watch on 3 targets (SIP, HTTPS, TCP), measured at an interval of 1 s")
        watch = start_watch(folder, "--interval", "1s", sip.target, f"https://127.0.0.1:{web.tls_port}/200", f"tcp://127.0.0.1:{web.port}")
        until_up(watch, 3)
        began, cpu, checks = time.monotonic(), cpu_of(watch.pid), 0
        for line in watch.stdout:
            checks += json.loads(line)["type"] == "check"
            if time.monotonic() - began > seconds:
                break
        used = cpu_of(watch.pid) - cpu
        peak = peak_mib_of(watch.pid)
        watch.send_signal(signal.SIGTERM)
        watch.communicate()
        per_round = used / checks * 3
        table.line("CPU of a round of 3 checks", f"{per_round * 1000:8.2f} ms", f"{checks} checks")
        table.line("CPU per hour at the default interval of 30 s", f"{per_round * 120:8.3f} s", f"{peak:6.1f} MiB")


def time_to_verdict(table, kind, server_class, target_of, runs):
    interval, retry, timeout, fall = 2.0, 1.0, 1.0, 3
    bound = interval + (fall - 1) * retry + timeout
    found = []
    for number in range(runs):
        with server_class() as server, tempfile.TemporaryDirectory() as folder:
            watch = start_watch(folder, "--interval", "2s", "--retry-interval", "1s", "-t", "1s", "--fall", str(fall), target_of(server))
            until_up(watch)
            # At another point of the interval each time.
            time.sleep(interval * number / runs)
            began = time.monotonic()
            server.kill()
            watch.communicate(timeout=60)
            found.append(time.monotonic() - began)
            assert watch.returncode == 0, watch.returncode
    table.line(f"kill -9 of {kind} to the verdict", f"median {statistics.median(found):5.2f} s", f"longest {max(found):5.2f} s",
               f"bound {bound:g} s: {'met' if max(found) <= bound else 'MISSED'}")


def detection(table, runs):
    table.heading("from the server's death to the verdict: interval 2s, retry interval 1s, timeout 1s, fall 3")
    time_to_verdict(table, "Kamailio", Kamailio, lambda server: server.target, runs)
    time_to_verdict(table, "nginx", Nginx, lambda server: f"https://127.0.0.1:{server.tls_port}/200", runs)


PARTS = {"start": lambda table, runs: starts(table, 3 * runs), "sip": lambda table, runs: one_sip_check(table, 3 * runs),
         "https": lambda table, runs: one_https_check(table, 3 * runs), "many-sip": many_sip_targets,
         "many-https": many_https_targets, "steady": lambda table, runs: steady_state(table, 4 * runs),
         "detection": lambda table, runs: detection(table, max(2, runs // 2))}


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests/bench/probe", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--runs", type=int, default=7, help="of each program (default 7; short ones three times as often)")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    os.environ["PATH"] += f":{BIN}"
    table = Table()
    for part in options.parts or PARTS:
        PARTS[part](table, options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
