"""One fo-promote run for the kill campaign, its ways back, and the audit after each of them."""

import base64
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from support import tool
from support.etcd import Etcd
from support.named import EPOCH_RECORD, SERVICE
from support.pair import NEW, OLD, Pair

FLAGS = ("power", "serving-old", "serving-new")


@dataclass
class Moment:
    """All that a run has changed at one moment: this host's state, the other's power, the name, the arbiter."""

    state: Path
    flags: tuple
    audit: str
    addresses: list
    texts: list
    arbiter: dict


class PromoteCase(Pair):
    """As Pair; `recover` types what a person types after a crash. The arbiter is the person at the terminal."""

    epoch_before = 0

    @property
    def whole_run(self):
        return self.command("run", "--confirm", SERVICE)

    @property
    def resumed_run(self):
        return self.command("resume", "--confirm", SERVICE)

    def keep(self):
        """The world as it is now, to come back to."""
        copy = Path(tempfile.mkdtemp(dir=self.dir, prefix="moment."))
        if self.state.exists():
            shutil.copytree(self.state, copy / "state", symlinks=True)
        flags = tuple(name for name in FLAGS if (self.dir / name).exists())
        return Moment(copy / "state", flags, "\n".join(self.audit), *self.name(), self.arbiter_keys())

    def go_back(self, moment):
        shutil.rmtree(self.state, ignore_errors=True)
        if moment.state.exists():
            shutil.copytree(moment.state, self.state, symlinks=True)
        for name in FLAGS:
            path = self.dir / name
            if name in moment.flags:
                path.touch()
            else:
                path.unlink(missing_ok=True)
        (self.dir / "audit").write_text(moment.audit + "\n" if moment.audit else "", encoding="utf-8")
        self.nsupdate(f"update delete {SERVICE}. A", f"update delete {EPOCH_RECORD}. TXT",
                      *(f"update add {SERVICE}. 60 A {address}" for address in moment.addresses),
                      *(f"update add {EPOCH_RECORD}. 60 TXT {text}" for text in moment.texts))
        self.set_arbiter_keys(moment.arbiter)

    def journal_end(self):
        """What the last line of an open journal says, "enter fence" for instance; empty: nothing is open."""
        journal = self.state / "promote" / "journal"
        lines = journal.read_text().splitlines() if journal.exists() else []
        if not lines:
            return ""
        last = json.loads(lines[-1][lines[-1].index("{"):])
        return "" if last["type"] == "end" else " ".join([last["type"], last.get("step") or last.get("node") or ""])

    def arbiter_keys(self):
        return {}

    def set_arbiter_keys(self, keys):
        pass

    def arbiter_disagrees(self, _):
        """Empty, or why the record is not that of a finished promotion."""
        return ""

    def name(self):
        """The addresses and the epoch mark's texts, by one dig: a campaign asks thousands of times."""
        at = f"@{self.named.address}", "-p", str(self.named.port)
        done = subprocess.run(["dig", *at, "+tcp", "+short", "+time=3", "+tries=1", SERVICE, "A", *at, "+tcp", "+short", EPOCH_RECORD, "TXT"],
                              capture_output=True, text=True, check=True, timeout=20)
        lines = done.stdout.splitlines()
        return [line for line in lines if line[0] != '"'], [line for line in lines if line[0] == '"']

    @staticmethod
    def half_dns(addresses, texts):
        """Property epoch: the name and its mark change together."""
        mark = dict(part.split("=", 1) for part in texts[0].strip('"').split()) if texts else None
        if addresses == [OLD]:
            return "" if mark is None else f"old address, but mark {mark}"
        if addresses != [NEW]:
            return f"addresses {addresses}"
        return "" if mark is not None and mark["node"] == "b" else f"new address, but mark {mark}"

    def wrong_after_the_kill(self):
        """What must never be, at any point."""
        if any(line.startswith("VIOLATION") for line in self.audit):
            return f"fence-first: {self.audit}"
        if self.started and self.has_power:
            return "fence-first: both hosts run"
        return self.half_dns(*self.name())

    def recover(self):
        """One resume; where nothing had been begun it says so and names the command, which is then typed. Empty, or what is wrong."""
        done = self.promote("resume")
        if done.status == 0 and "nothing to resume" in done.result["message"] and not self.started:
            assert "fo-promote run" in done.result["message"], done
            done = self.promote("run")
        if done.status not in (0, 3):
            return f"not recovered: {done}"
        addresses, texts = self.name()
        if addresses != [NEW] or not texts or not self.started or self.has_power:
            return f"not promoted: {addresses} {texts} started={self.started} power={self.has_power}"
        status = next(each for each in self.run("status").objects if each["type"] == "status")
        if status["role"] != "active" or f"epoch={status['epoch']} node=b " not in texts[0]:
            return f"role {status} and mark {texts} differ"
        epochs = [int(line.split()[1]) for line in self.audit]
        if epochs != sorted(epochs) or min(epochs) <= self.epoch_before:
            return f"epoch: it went back: {self.audit}"
        return self.arbiter_disagrees(status["epoch"]) or self.wrong_after_the_kill()


class EtcdPromoteCase(PromoteCase):
    """The arbiter is a real etcd with one member, in which the old active was adopted. A lease that a killed run leaves
    behind is not waited for: the next run of the same host goes over it."""

    epoch_before = 1

    def __init__(self, folder):
        super().__init__(folder)
        self.etcd = Etcd()

    def __enter__(self):
        self.etcd.start()
        super().__enter__()
        self.lines.update({"arbiter": [self.etcd.url()], "only-standby": ["false"], "run-dir": [self.dir / "run"]})
        self.write_config()
        self._adopt()
        return self

    def __exit__(self, *error):
        super().__exit__(*error)
        self.etcd.close()

    def _adopt(self):
        (self.dir / "serving-old").touch()
        self.lines["self-probe"] = []
        self.write_config()
        adopted = tool.run("fo-promote", "adopt", "--config", self.config, "--state-dir", self.dir / "state-a", "--run-dir",
                           self.dir / "run-a", "--json", "--confirm", SERVICE, "--node", "a", "--self-probe", self.probe(OLD))
        assert adopted.status == 0, adopted
        self.lines["self-probe"] = [self.probe(NEW)]
        self.write_config()
        (self.dir / "serving-old").unlink()
        self.first = self.arbiter_keys()

    def reset(self):
        super().reset()
        if hasattr(self, "first"):
            self.set_arbiter_keys(self.first)

    def _key(self, name):
        return f"/failover/pbx/{SERVICE}/{name}"

    def arbiter_keys(self):
        return {name: self.etcd.get(self._key(name)) for name in ("record", "lock")}

    def set_arbiter_keys(self, keys):
        for name, value in keys.items():
            if value is not None:
                self.etcd.put(self._key(name), value, self.etcd.grant(600) if name == "lock" else None)
            else:
                self.etcd.call("kv/deleterange", key=base64.b64encode(self._key(name).encode()).decode())

    def arbiter_disagrees(self, epoch):
        """A lock may be left by a run that was killed behind its last line: it ends with its lease, and is of this host."""
        keys = self.arbiter_keys()
        record = json.loads(keys["record"])
        lock = keys["lock"] and json.loads(keys["lock"])["node"]
        if record["active"] != {"node": "b", "epoch": epoch} or record["maybe"] != ["b"] or lock not in (None, "b"):
            return f"the arbiter's record is {keys}, the mark's epoch {epoch}"
        return ""
