"""What fo-promote init needs to be told of a pair on loopback: real servers for every answer."""

from support import tool
from support.backup_files import write_backup
from support.kamailio import Kamailio
from support.named import SERVICE
from support.pair import NEW, OLD, REFERENCES, Pair
from support.sshd import Sshd


class InitialisedPair(Pair):
    """A Pair whose active host is a Kamailio and whose backups lie behind sshd. flags() are the answers."""

    def __init__(self, folder):
        super().__init__(folder)
        self.sip = Kamailio(OLD)
        self.store = Sshd()
        self.target = self.dir / "pbx"

    def __enter__(self):
        super().__enter__()
        self.config.unlink()
        self.sip.start()
        self.store.start()
        self.target.mkdir()
        write_backup(self.store.store / "pbx-1.zip", {"etc/pbx.cfg": "listen\n"})
        return self

    def __exit__(self, *exception):
        self.sip.close()
        self.store.close()
        super().__exit__(*exception)

    def answers(self):
        """Flag -> values."""
        return {"service": [SERVICE], "node": ["b"], "address": [NEW], "peer": ["a"], "peer-address": [OLD], "pbx": ["other"],
                "services": ["sip"], "sip-port": [self.sip.port], "source": [self.store.url("pbx-*.zip")],
                "identity-file": [self.store.identity], "known-hosts": [self.store.known_hosts], "target": [self.target],
                "start-hook": [self.dir / "start"], "dns": [self.dns()],
                "reference": [self.probe(address) for address in REFERENCES],
                "fence": [f"exec://{self.dir}/fencer?kind=power&timeout=3s"]}

    def flags(self, **changed):
        """As arguments; changed: key_with_underscores=[values], None takes the flag out."""
        answers = self.answers() | {key.replace("_", "-"): values for key, values in changed.items()}
        return [str(word) for key, values in answers.items() for value in values or [] for word in (f"--{key}", value)]

    def init_command(self, *arguments):
        return [tool.path("fo-promote"), "init", "--config", self.config, "--state-dir", self.state, *arguments]

    def init(self, *arguments, **options):
        return tool.run("fo-promote", *self.init_command(*arguments)[1:], **options)
