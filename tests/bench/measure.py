"""Measures whole processes: pairs run alternately, medians are compared, and the machine's load is said beside them."""

import multiprocessing
import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Run:
    """One process from its start to its end: seconds by the clock, CPU seconds with its children, peak memory."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    status: int
    stdout: bytes


def run(command, stdin=None):
    """Runs a command to its end. stdin is a path or None."""
    with open(stdin or os.devnull, "rb") as source:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, output)


def apart(function, *arguments):
    """Calls it in a process of its own: run() counts for a program's peak what this process had in memory when it began it."""
    child = multiprocessing.get_context("fork").Process(target=function, args=arguments)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(f"{function.__name__} ended with {child.exitcode}")


def must_end_with(status, result, what):
    if result.status != status:
        raise SystemExit(f"{what} ended with {result.status}, not {status}: {result.stdout.decode(errors='replace')}")
    return result


def alternately(runs, **measurements):
    """{name: [result..]} of callables that are called in turn, each once before that does not count."""
    results = {name: [] for name in measurements}
    for number in range(runs + 1):
        for name, measure in measurements.items():
            value = measure()
            if number:
                results[name].append(value)
    return results


def median(results, field):
    return statistics.median(getattr(one, field) for one in results)


def load():
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs"


class Table:
    """Lines of figures, printed as they come."""

    def __init__(self):
        print(f"machine: {load()}, {_processor()}; medians, pairs in turn")

    @staticmethod
    def heading(text):
        print(f"\n{text} ({load()})", flush=True)

    @staticmethod
    def line(name, *figures):
        print(f"  {name:<44}{'  '.join(figures)}", flush=True)

    def ratio(self, name, ours, theirs, goal=None):
        """theirs / ours: above 1 we are better. `goal` is the least that is wanted."""
        value = theirs / ours
        met = "" if goal is None else f"goal {goal:g}: {'met' if value >= goal else 'MISSED'}"
        self.line(name, f"{value:8.2f}x", met)

    def bound(self, name, milliseconds, limit):
        self.line(name, f"{milliseconds:8.2f} ms", f"goal < {limit:g} ms: {'met' if milliseconds < limit else 'MISSED'}")


def milliseconds(results, field="seconds"):
    return f"{median(results, field) * 1000:8.2f} ms"


def _processor():
    with open("/proc/cpuinfo", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown processor"


def cpu_of(pid):
    """CPU seconds of a running process, with all its threads."""
    nanoseconds = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        nanoseconds += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    return nanoseconds / 1e9


def peak_mib_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")
