"""Every configuration among the examples, and the one in failover.conf(5), is loaded by all four tools, each of which reads all of it."""

import re
import subprocess
import unittest

from support.own_network import enter
from support.tool import SOURCE_DIR, run, temporary_folder

EXAMPLES = SOURCE_DIR / "examples"
_KEY = 'key "failover" {\n\talgorithm hmac-sha256;\n\tsecret "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";\n};\n'
_GOOGLE = '{{"type": "service_account", "private_key_id": "1", "client_email": "a@b.example", "token_uri": "https://127.0.0.1:1/", "private_key": {0}}}'


def setUpModule():
    """Where nobody answers, and that at once."""
    enter({}, "example")


def configurations():
    """Name -> text. The quickstart's is played by a test of its own."""
    found = {str(path.relative_to(EXAMPLES)): path.read_text(encoding="utf-8") for path in EXAMPLES.rglob("failover.conf")
             if path.parts[-2] not in ("icinga2", "quickstart.d")}
    page = (SOURCE_DIR / "man/failover.conf.5.scd").read_text(encoding="utf-8")
    found["failover.conf(5)"] = next(block for block in re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL) if "[promote]" in block)
    return found


class ConfigurationsTest(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        (self.folder / "etc").mkdir()

    def put(self, name, text, mode=0o600):
        path = self.folder / "etc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def install(self, text):
        """The file with /etc/failover in a folder, where all is that it names."""
        rsa = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-quiet"], capture_output=True, text=True, check=True).stdout
        self.put("google.json", _GOOGLE.format('"' + rsa.replace("\n", "\\n") + '"'))
        self.put("tsig.key", _KEY)
        self.put("known_hosts", "")
        for name in ("id_ed25519", "id_fence"):
            (self.folder / "etc" / name).unlink(missing_ok=True)
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / "etc" / name)], check=True)
        for name in ("hooks/pbx-start", "hooks/pbx-stop", "fence/fence-ipmi", "notify/log-it"):
            self.put(name, "#!/bin/sh\nexit 1\n", 0o755)
        self.put("failover.conf", text.replace("/etc/failover/", f"{self.folder}/etc/"))

    def load(self, tool, *arguments):
        done = run(tool, "--config", self.folder / "etc/failover.conf", "--state-dir", self.folder / "state", "--json", *arguments)
        self.assertNotIn("failover.conf:", done.result["message"], done)
        return done

    def assert_loaded(self, text):
        self.install(text)
        probed = self.load("fo-probe", "-t", "300ms", "--metrics-file", self.folder / "probe.prom")
        self.assertGreater(len([each for each in probed.objects if each["type"] == "check"]), 0, probed)
        source = () if "\nsource = " in text else (f"file://{self.folder}/",)
        # Nobody answers here, and an empty folder has no backup: both are far behind the reading of the options.
        listed = self.load("fo-fetch", "--list", "-t", "3s", "--retries", "0", *source)
        self.assertIn(listed.status, (0, 5) if source else (5, 6), listed)
        self.assertEqual(self.load("fo-restore", "--status").status, 0)
        node = re.findall(r"^\[node\.(\w+)\]", text, re.MULTILINE)[-1]
        planned = self.load("fo-promote", "plan", "-t", "5s", "--node", node, "--tries", "1", "--probe-timeout", "200ms")
        self.assertIn(planned.status, (4, 6), planned)
        self.assertIn("plan", [each["type"] for each in planned.objects], planned)

    def test_all(self):
        found = configurations()
        self.assertGreaterEqual(len(found), 4)
        for name, text in found.items():
            with self.subTest(name):
                self.assert_loaded(text)

    def test_a_wrong_value_in_each_section_is_seen(self):
        text = configurations()["failover.conf(5)"]
        for tool, right, wrong in (("fo-probe", "interval = 30s", "interval = 30"), ("fo-fetch", "max-age = 26h", "max-age = 26"),
                                   ("fo-restore", "symlinks = inside", "symlinks = inward"), ("fo-promote", "ttl = 60s", "ttl = 60")):
            self.assertIn(right, text)
            self.install(text.replace(right, wrong))
            done = run(tool, "--config", self.folder / "etc/failover.conf", "--state-dir", self.folder / "state", "--json")
            self.assertIn("failover.conf:", done.result["message"], done)


if __name__ == "__main__":
    unittest.main()
