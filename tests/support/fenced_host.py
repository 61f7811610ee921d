"""One PBX host with a state directory of its own: units in a stand-in systemd, an arbiter that is a person, and the
forced command that fences it."""

import json
from pathlib import Path

from support import tool
from support.systemd import FakeSystemd

UNIT = "pbx.service"
SERVICE = "sip.pbx.test"


class FencedHost:
    """Node `node`; `serving` is there while its service runs, and its self-probe looks at that."""

    def __init__(self, folder, node="a", address="127.0.0.11", others=()):
        self.dir = Path(folder)
        self.dir.mkdir(exist_ok=True)
        self.node = node
        self.state = self.dir / "state"
        self.notes = self.dir / "run"
        self.config = self.dir / "failover.conf"
        self.serving = self.dir / "serving"
        self.systemd = FakeSystemd(self.dir / "systemd")
        self.systemd.unit(UNIT, on_start=f"touch {self.serving}", on_stop=f"rm -f {self.serving}")
        self.lines = {"service": [SERVICE], "node": [node], "unit": [UNIT], "systemctl": [self.systemd.systemctl],
                      "run-dir": [self.notes], "hook-timeout": ["20s"], "only-standby": ["true"],
                      "self-probe": [f"exec://{self.program('is-serving', f'test -e {self.serving} || exit 2')}"]}
        self.nodes = {node: [f"address = {address}"]}
        self.nodes.update(others)
        self.write_config()

    def program(self, name, body):
        path = self.dir / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o700)
        return path

    def write_config(self, **lines):
        """lines: key_with_underscores=[values]; None takes the key out."""
        for key, values in lines.items():
            self.lines[key.replace("_", "-")] = values or []
        text = "[promote]\n" + "".join(f"{key} = {value}\n" for key, values in self.lines.items() for value in values)
        for node, settings in self.nodes.items():
            text += f"\n[node.{node}]\n" + "".join(f"{line}\n" for line in settings)
        self.config.write_text(text, encoding="utf-8")

    def serve(self, epoch=None, running=True):
        """The role active of `epoch`, and the service runs."""
        if epoch is not None:
            self.write_role("active", epoch)
        if running:
            self.systemd.unit(UNIT, "active")
            self.serving.touch()

    def write_role(self, role, epoch):
        self.state.mkdir(mode=0o700, exist_ok=True)
        (self.state / "role").write_text(json.dumps({"format": 1, "role": role, "epoch": epoch, "node": self.node,
                                                     "since": "2026-01-01T00:00:00Z"}), encoding="ascii")

    @property
    def role(self):
        """(role, epoch), or None."""
        path = self.state / "role"
        if not path.exists():
            return None
        record = json.loads(path.read_text(encoding="ascii"))
        return record["role"], record["epoch"]

    @property
    def note(self):
        return self.notes / f"{SERVICE}.note"

    def leave_note(self):
        self.notes.mkdir(exist_ok=True)
        self.note.write_text("{}", encoding="ascii")

    def arguments(self, verb):
        return ["fo-promote", verb, "--config", self.config, "--state-dir", self.state]

    def run(self, verb, *arguments, **options):
        return tool.run(*self.arguments(verb), *arguments, **options)

    def ask(self, request, *arguments, **options):
        """What sshd does for the key of a fencer."""
        return self.run("serve-fence", *arguments, env={"SSH_ORIGINAL_COMMAND": request}, **options)
