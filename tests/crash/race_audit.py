"""What is read after a race: the journals of the hosts, every version of the arbiter's record, every update of the name server."""

import base64
import json
import re
import subprocess
from datetime import datetime

from support.named import EPOCH_RECORD, ZONE
from support.server import wait_until


def journal(folder):
    """The records of a host's promotion journal, as far as they are whole."""
    path = folder / "state" / "promote" / "journal"
    records = []
    if path.exists():
        for line in path.read_text(errors="replace").splitlines():
            start = line.find("{")
            try:
                records.append(json.loads(line[start:]))
            except ValueError:
                continue
    return records


def claimed_at(folder, epoch):
    """When that host wrote down its claim of that epoch; None if it did not."""
    times = [record["time"] for record in journal(folder) if record.get("type") == "begin" and record["epoch"] == epoch]
    return datetime.fromisoformat(times[-1].replace("Z", "+00:00")).timestamp() if times else None


def has_started(folder):
    """Whether a promotion of that host got past its commit."""
    return any(record.get("type") == "enter" and record.get("step") == "start" for record in journal(folder))


def _falls(numbers):
    return any(later < earlier for earlier, later in zip(numbers, numbers[1:]))


def wrong_in_journals(hosts):
    wrong = []
    owners = {}
    for host in hosts:
        epochs = [record["epoch"] for record in journal(host.dir) if record.get("type") == "begin"]
        if _falls(epochs) or len(set(epochs)) != len(epochs):
            wrong.append(f"epoch: the journal of {host.name} counts {epochs}")
        for epoch in epochs:
            if owners.setdefault(epoch, host.name) != host.name:
                wrong.append(f"epoch: {epoch} belongs to {owners[epoch]} and to {host.name}")
    return wrong


def encoded(key):
    return base64.b64encode(key.encode()).decode()


def revision(member):
    # A member that has just been let out of its partition, or off its power cut, may be without a leader for a moment.
    wait_until(member.ready, f"a leader; {member.name} says: {member.log}", 30)
    return int(member.call("kv/range", key=encoded("/"))["header"]["revision"])


def record_versions(member, key, first):
    """Every version of the record in etcd since that revision."""
    versions, at = [], revision(member)
    while at >= first:
        found = member.call("kv/range", key=encoded(key), revision=str(at), serializable=True).get("kvs", [])
        if not found:
            break
        versions.append(json.loads(base64.b64decode(found[0]["value"])))
        at = int(found[0]["mod_revision"]) - 1
    return versions[::-1]


def wrong_in_versions(versions):
    """`versions`: of the record, oldest first, as dictionaries with epoch, claim and active ({node, epoch})."""
    wrong = []
    if _falls([version["epoch"] for version in versions]):
        wrong.append("epoch: it went back at the arbiter")
    if _falls([version.get("active", {}).get("epoch", 0) for version in versions]):
        wrong.append("epoch: that of the active host went back")
    claims = {}
    for version in versions:
        if claims.setdefault(version["epoch"], version["claim"]) != version["claim"]:
            wrong.append(f"one-winner: two claims of epoch {version['epoch']}")
    return wrong


def marks_written(named, since):
    """The epochs that the name server has taken over with its updates behind that serial, in order."""
    done = subprocess.run(["named-journalprint", str(named.dir / f"{ZONE}.zone.jnl")], capture_output=True, text=True, check=False)
    epochs, serial = [], 0
    for line in done.stdout.splitlines():
        if line.startswith("add") and "\tSOA\t" in line:
            serial = int(line.split("\t")[-1].split()[2])
        found = re.search(rf'^add {re.escape(EPOCH_RECORD)}\..*TXT\t"epoch=(\d+) ', line)
        if found and serial > since:
            epochs.append(int(found[1]))
    return epochs


def wrong_in_dns(epochs):
    return [f"DNS: its epoch went back: {epochs}"] if _falls(epochs) else []
