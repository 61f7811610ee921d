"""Property secret: canaries stand in every credential that a promotion uses, and are looked for everywhere while it runs.

Everywhere is: the command line and the environment of every process that fo-promote starts, all output (also -v -v and --json), the
journal, the state, the notes, and whatever hooks, fencers and agents were given besides their stdin.
"""

import base64
import secrets
import unittest

from integration.test_promote import PromoteCase
from support import tool
from support.etcd import Etcd, make_certificates
from support.fence_agents import ScriptedAgent
from support.named import SERVICE
from support.pair import NEW, OLD
from support.process_watch import Watch


class Canaries(PromoteCase):
    def setUp(self):
        super().setUp()
        self.tls = self.pair.dir / "tls"
        self.tls.mkdir()
        make_certificates(self.tls)
        # With a client certificate that it demands etcd takes no password: the gateway refuses a common name.
        self.etcd = Etcd(tls=self.tls, open_to_all=True)
        self.addCleanup(self.etcd.close)
        self.etcd.start()
        self.canaries = {}
        # Every child stays a moment, so that it is seen.
        self.agent = ScriptedAgent(self.pair.dir / "agent", "off) sleep 0.4; rm -f {power} ;;\nstatus) sleep 0.2; [ -e {power} ] || exit 2 ;;",
                                   self.pair.dir / "power")
        for name in ("start", "pre", "post"):
            effect = "touch {d}/serving-new" if name == "start" else ":"
            self.pair.program(name, f"#!/bin/sh\nenv > {{d}}/environment-{name}\nsleep 0.3\n{effect}\n")
        query = f"?ca-file={self.tls}/ca.pem&cert-file={self.tls}/ca-client.pem&key-file={self.tls}/ca-client.key"
        url = self.etcd.url(query=f"{query}&password-file={self.etcd_password()}").replace("://", "://root@")
        self.reconfigure(arbiter=[url], only_standby=["false"], run_dir=[self.pair.dir / "run"], pre_hook=[self.pair.dir / "pre"],
                         post_hook=[self.pair.dir / "post"], hook_timeout=["20s"],
                         fence=[self.agent.spec(username="fo", password_file=self.credential("fence agent"))])
        self.collect()

    def credential(self, name):
        value = f"canary-{secrets.token_hex(12)}"
        path = self.pair.dir / f"credential-{len(self.canaries)}"
        path.write_text(value + "\n")
        path.chmod(0o600)
        self.canaries[name] = value.encode()
        return path

    def etcd_password(self):
        path = self.credential("etcd password")
        self.etcd.call("auth/user/add", name="root", password=path.read_text().strip())
        self.etcd.call("auth/role/add", name="root")
        self.etcd.call("auth/user/grant", user="root", role="root")
        self.etcd.call("auth/enable")
        return path

    def collect(self):
        """The keys that were made elsewhere: the TSIG secret, as text and as bytes, and a line from the middle of the client's key."""
        secret = (self.pair.named.dir / "sha256.key").read_text().split('secret "')[1].split('"')[0]
        self.canaries["TSIG key"] = secret.encode()
        self.canaries["TSIG key, decoded"] = base64.b64decode(secret)
        self.canaries["client key"] = (self.tls / "ca-client.key").read_bytes().splitlines()[2]

    def adopt(self):
        (self.pair.dir / "serving-old").touch()
        self.reconfigure(self_probe=[])
        done = tool.run("fo-promote", "adopt", "--config", self.pair.config, "--json", "--node", "a", "--state-dir",
                        self.pair.dir / "state-a", "--run-dir", self.pair.dir / "run-a", "--self-probe", self.pair.probe(OLD),
                        "--confirm", SERVICE)
        self.assertEqual(done.status, 0, done)
        (self.pair.dir / "serving-old").unlink()
        self.reconfigure(self_probe=[self.pair.probe(NEW)])
        return done

    def watched(self, verb):
        process = tool.start("fo-promote", verb, "--config", self.pair.config, "--state-dir", self.pair.state, "--json", "-v", "-v",
                             "--confirm", SERVICE)
        watch = Watch(process)
        watch.start()
        done = tool.finish(process)
        watch.join(5)
        return done, watch

    def places(self, done, watch):
        found = {f"output of {number}": (each.stdout + each.stderr).encode() for number, each in enumerate(done)}
        found.update({where: text for each in watch for text, where in each.seen.items()})
        for folder in (self.pair.state, self.pair.dir / "state-a", self.pair.dir / "run", self.pair.dir / "run-a"):
            found.update({str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
        found.update({str(path): path.read_bytes() for path in self.pair.dir.glob("environment-*")})
        found.update({name: self.agent.read(name).encode() for name in ("environment", "arguments", "actions")})
        return found

    def leaks(self, places):
        return [f"{name} in {where}" for name, canary in self.canaries.items() for where, text in places.items() if canary in text]

    def test_no_canary_is_anywhere(self):
        done = [self.adopt()]
        whole, watch = self.watched("run")
        self.assertEqual(whole.status, 3, whole)
        done += [whole, self.pair.run("status"), self.pair.run("guard"), self.pair.run("dns", "show"), self.pair.run("plan", "--confirm", SERVICE)]
        places = self.places(done, [watch])
        # The credentials were really used, and the children were really seen.
        self.assertIn(self.canaries["fence agent"].decode(), self.agent.read("options.off"))
        self.assertEqual((self.pair.addresses, self.pair.mark["epoch"]), ([NEW], "2"))
        lines = b"\n".join(watch.seen)
        for program in (b"fence_scripted", b"/start", b"/pre", b"/post", b"FO_HOOK=start"):
            self.assertIn(program, lines)
        self.assertEqual(self.leaks(places), [])

    def test_a_run_that_fails_does_not_tell_either(self):
        self.adopt()
        self.agent.file.write_text(self.agent.file.read_text().replace("off) sleep 0.4; rm -f", "off) cat options >&2; exit 1; rm -f"))
        failed, watch = self.watched("run")
        self.assertEqual(failed.status, 9, failed)
        self.assertIn("***", failed.stdout)
        self.assertEqual(self.leaks(self.places([failed, self.pair.run("status")], [watch])), [])

    def test_what_is_looked_for_would_be_found(self):
        """In the command line and in the environment of a child, in output, and in the state."""
        self.adopt()
        secret = self.canaries["fence agent"].decode()
        self.pair.program("start", f"#!/bin/sh\nenv LEAK={secret} sleep 0.5\nsh -c 'sleep 0.5; :' {secret}\n"
                          f"echo {secret} > $FO_HOOK_STATE_DIR/leak\necho no {secret} >&2\nexit 1\n")
        failed, watch = self.watched("run")
        leaks = " ".join(self.leaks(self.places([failed], [watch])))
        for where in ("cmdline of", "environ of", "output of 0", f"{self.pair.state}/leak"):
            self.assertIn(f"fence agent in {where}", leaks)


if __name__ == "__main__":
    unittest.main()
