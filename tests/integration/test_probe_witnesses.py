"""What several hosts say together, through a real etcd: fo-probe --publish and --observers."""

import base64
import json
import signal
import time
import unittest

from support import tool
from support.etcd import Etcd, make_certificates, start_cluster
from support.kamailio import Kamailio
from support.server import free_port, wait_until

PREFIX = "/failover/pbx/observations/"
DOWN = ("tcp://127.0.0.1:1",)  # nobody listens there


def observers(store, *options, json_lines=False):
    return tool.run("fo-probe", *(("--json",) if json_lines else ()), "--observers", store, *options)


class Store(unittest.TestCase):
    """One etcd for all tests of the class, emptied before each."""

    @classmethod
    def setUpClass(cls):
        cls.etcd = Etcd()
        cls.addClassCleanup(cls.etcd.close)
        cls.etcd.start()

    def setUp(self):
        self.etcd.call("kv/deleterange", key=base64.b64encode(b"/").decode(), range_end=base64.b64encode(b"0").decode())

    def publish(self, node, *targets, role="observer", store=None, options=()):
        return tool.run("fo-probe", "--publish", store or self.etcd.url(), "--node", node, "--publish-as", role, *options,
                        *targets)

    def say_down(self, *nodes, **more):
        for node in nodes:
            finished = self.publish(node, *DOWN, **more)
            self.assertEqual(finished.status, 2, finished)

    def say_up(self, *nodes, **more):
        port = int(self.etcd.place.split(":")[1])
        for node in nodes:
            self.assertEqual(self.publish(node, f"tcp://127.0.0.1:{port}", **more).status, 0)


class Together(Store):
    def test_a_quorum_decides(self):
        self.assertEqual(observers(self.etcd.url()).status, 3)
        self.say_down("a")
        self.assertEqual(observers(self.etcd.url()).status, 3)
        self.say_down("b")
        finished = observers(self.etcd.url(), json_lines=True)
        self.assertEqual((finished.status, finished.result["health"]), (2, "down"), finished)
        said = [one for one in finished.objects if one["type"] == "observation"]
        self.assertEqual([(one["node"], one["role"], one["health"]) for one in said],
                         [("a", "observer", "down"), ("b", "observer", "down")])
        self.assertLess(said[0]["age_s"], 30)
        self.assertEqual(observers(self.etcd.url(), "--quorum", "3").status, 3)
        self.say_up("a", "b")
        self.assertEqual(observers(self.etcd.url()).status, 0)
        self.say_down("c")
        self.assertEqual(observers(self.etcd.url()).status, 1)

    def test_the_active_hosts_own_word_vetoes(self):
        self.say_down("a", "b")
        self.say_up("pbx1", role="active")
        finished = observers(self.etcd.url())
        self.assertEqual(finished.status, 3, finished)
        self.assertIn("the active says that it serves", finished.stdout)
        self.say_down("pbx1", role="active")
        self.assertEqual(observers(self.etcd.url()).status, 2)

    def test_what_is_old_or_gone_says_nothing(self):
        self.say_down("a", "b", options=("--publish-for", "30s"))
        self.assertEqual(observers(self.etcd.url(), "--quorum", "1").status, 2)
        started = time.monotonic()
        wait_until(lambda: observers(self.etcd.url(), "--quorum", "1", "--observer-max-age", "2s").status == 3,
                   "old observations to count no more", 10)
        self.assertGreater(time.monotonic() - started, 0.5)
        # Under a lease: when its node falls silent it goes away by itself.
        self.say_down("a", "b", options=("--interval", "1s", "--publish-for", "2s"))
        wait_until(lambda: self.etcd.get(PREFIX + "a") is None and self.etcd.get(PREFIX + "b") is None,
                   "the leases to end", 15)
        self.assertEqual(observers(self.etcd.url()).status, 3)

    def test_another_hosts_clock_decides_nothing(self):
        self.say_down("a", "b")
        for node in ("a", "b"):
            value = json.loads(self.etcd.get(PREFIX + node))
            for moment in ("1999-01-01T00:00:00Z", "2199-01-01T00:00:00Z"):
                value["time"] = moment
                self.etcd.put(PREFIX + node, json.dumps(value), self.etcd.grant(60))
                self.assertEqual(observers(self.etcd.url()).status, 2)
        # Without a lease nobody counts its age.
        self.etcd.put(PREFIX + "a", json.dumps(value | {"node": "a"}))
        self.assertEqual(observers(self.etcd.url()).status, 3)

    def test_what_is_not_understood_is_unknown(self):
        self.say_down("a", "b")
        good = json.loads(self.etcd.get(PREFIX + "a"))
        for wrong in ("", "{}", "down", json.dumps(good | {"format": 2}), json.dumps(good | {"node": "b"})):
            self.etcd.put(PREFIX + "a", wrong, self.etcd.grant(60))
            finished = observers(self.etcd.url(), "--quorum", "1")
            self.assertEqual(finished.status, 3, finished)
            self.assertIn(PREFIX + "a", finished.stdout)

    def test_usage(self):
        for arguments in (("--publish", self.etcd.url(), *DOWN), ("--observers", "http://x/y"), ("--observers", "etcd://x"),
                          ("--publish-as", "active", *DOWN),
                          ("--publish", self.etcd.url(), "--node", "a", "--publish-for", "5s", *DOWN),
                          ("--observers", "etcd+https://me:secret@127.0.0.1/x")):
            finished = tool.run("fo-probe", *arguments)
            self.assertEqual(finished.status, 3, finished)
            self.assertNotIn("secret", str(finished))

    def test_a_verdict_that_cannot_be_published_is_still_said(self):
        port = int(self.etcd.place.split(":")[1])
        finished = self.publish("a", f"tcp://127.0.0.1:{port}", store=f"etcd://127.0.0.1:{free_port()}/x")
        self.assertEqual(finished.status, 1, finished)
        self.assertIn("publishing the verdict", finished.stderr)


class Watching(Store):
    def setUp(self):
        super().setUp()
        self.state = tool.temporary_folder(self) / "state"
        self.pbx = Kamailio()
        self.addCleanup(self.pbx.close)
        self.pbx.start()

    def watch(self, node, *options):
        process = tool.start("fo-probe", "--json", "--watch", "--interval", "400ms", "--retry-interval", "200ms", "-t", "300ms",
                             "--node", node, "--state-dir", self.state / node, *options, self.pbx.target)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def until(self, process, wanted):
        for line in process.stdout:
            one = json.loads(line)
            if wanted(one):
                return one
        self.fail(f"the watch ended with {process.wait()}: {process.stderr.read()}")

    def test_two_watches_agree(self):
        both = [self.watch(node, "--publish", self.etcd.url(), "--observers", self.etcd.url()) for node in ("a", "b")]
        for process in both:
            self.until(process, lambda one: one["type"] == "verdict" and one["health"] == "up")
        self.pbx.kill()
        for process in both:
            finished = tool.finish(process, 20)
            self.assertEqual((finished.status, finished.result["health"]), (0, "down"), finished)
            self.assertIn("observers: 2 down (a, b)", finished.result["message"])

    def test_alone_it_stays_unknown_until_another_agrees(self):
        process = self.watch("a", "--publish", self.etcd.url(), "--observers", self.etcd.url())
        self.until(process, lambda one: one["type"] == "verdict" and one["health"] == "up")
        self.pbx.kill()
        one = self.until(process, lambda one: one["type"] == "verdict" and "1 down (a)" in one["reason"])
        self.assertEqual(one["health"], "unknown")
        self.say_down("b")
        self.assertEqual(tool.finish(process, 20).status, 0)

    def test_observers_that_cannot_be_read_make_it_unknown(self):
        etcd = Etcd()
        self.addCleanup(etcd.close)
        etcd.start()
        self.say_down("b", "c", store=etcd.url())
        for fault in (etcd.freeze, etcd.kill):
            process = self.watch("a", "--observers", etcd.url())
            self.until(process, lambda one: one["type"] == "verdict" and one["health"] == "up")
            fault()
            # The frozen one still holds two downs that were read before; the reader must notice first.
            self.assertIn("reading from etcd", self.line_of(process.stderr, "reading from etcd"))
            self.pbx.kill()
            checks = []
            started = time.monotonic()
            while len(checks) < 8:
                checks.append(self.until(process, lambda one: one["type"] == "check" and one["health"] == "down"))
            # A dead store delays no check.
            self.assertLess(time.monotonic() - started, 8)
            process.send_signal(signal.SIGTERM)
            finished = tool.finish(process, 10)
            self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
            etcd.thaw()
            self.pbx.start()

    def line_of(self, stream, part):
        for line in stream:
            if part in line:
                return line
        self.fail(f"nothing of {part}")

    def test_a_store_that_hangs_bounds_one_look_too(self):
        etcd = Etcd()
        self.addCleanup(etcd.close)
        etcd.start()
        etcd.freeze()
        for arguments in (("--observers", etcd.url()), ("--publish", etcd.url(), "--node", "a", self.pbx.target)):
            finished = tool.run("fo-probe", "-t", "1s", *arguments)
            self.assertLess(finished.seconds, 1.6, finished)
            self.assertIn(finished.status, (1, 3), finished)
        etcd.thaw()

    def test_the_active_falls_silent_when_it_does(self):
        process = self.watch("pbx1", "--publish", self.etcd.url(), "--publish-as", "active", "--publish-for", "3s")
        wait_until(lambda: json.loads(self.etcd.get(PREFIX + "pbx1") or "{}").get("health") == "up", "the active's word")
        self.say_down("a", "b")
        self.assertEqual(observers(self.etcd.url()).status, 3)
        process.kill()
        process.communicate()
        wait_until(lambda: observers(self.etcd.url()).status == 2, "the veto to end", 15)


class Faults(Store):
    def test_a_wiped_store_is_unknown_and_a_restarted_one_until_they_speak_again(self):
        etcd = Etcd()
        self.addCleanup(etcd.close)
        etcd.start()
        self.say_down("a", "b", store=etcd.url())
        self.assertEqual(observers(etcd.url()).status, 2)
        etcd.kill()
        etcd.start()
        # The leases were refilled: how old the words are, nobody can tell.
        self.assertEqual(observers(etcd.url()).status, 3)
        self.say_up("pbx1", role="active", store=etcd.url())
        self.say_down("a", "b", store=etcd.url())
        etcd.kill()
        etcd.start()
        self.say_down("a", "b", store=etcd.url())
        # Nor whether the active's is of this moment: it may be, so it vetoes.
        self.assertIn("the store cannot tell when", observers(etcd.url()).stdout)
        etcd.wipe()
        self.assertEqual(observers(etcd.url()).status, 3)

    def test_a_cluster_without_one_member_and_without_two(self):
        cluster = start_cluster(self)
        url = cluster[0].url("failover/pbx", *cluster[1:])
        self.say_down("a", "b", store=url)
        self.assertEqual(observers(url).status, 2)
        cluster[0].freeze()
        started = time.monotonic()
        wait_until(lambda: [self.publish(node, *DOWN, store=url).status for node in ("a", "b")] == [2, 2] and
                   observers(url).status == 2, "the two others to go on", 30)
        self.assertLess(time.monotonic() - started, 25)
        cluster[1].freeze()
        finished = observers(url, "-t", "2s")
        self.assertEqual(finished.status, 3, finished)
        self.assertLess(finished.seconds, 2.6, finished)
        for one in cluster:
            one.thaw()

    def test_tls_and_certificates(self):
        folder = tool.temporary_folder(self)
        make_certificates(folder)
        make_certificates(folder, "other")
        etcd = Etcd(tls=folder)
        self.addCleanup(etcd.close)
        etcd.start()
        (folder / "ca-client.key").chmod(0o600)
        (folder / "other-client.key").chmod(0o600)

        def url(ca, client):
            return etcd.url(query=f"?ca-file={folder}/{ca}.pem&cert-file={folder}/{client}.pem&key-file={folder}/{client}.key")

        self.say_down("a", "b", store=url("ca", "ca-client"))
        self.assertEqual(observers(url("ca", "ca-client")).status, 2)
        for wrong in (url("other", "ca-client"), url("ca", "other-client"), etcd.url(query=f"?ca-file={folder}/ca.pem"),
                      etcd.url(), "etcd://" + etcd.url().split("//")[1]):
            finished = observers(wrong, "--quorum", "1")
            self.assertEqual(finished.status, 3, finished)
        (folder / "ca-client.key").chmod(0o644)
        finished = observers(url("ca", "ca-client"))
        self.assertEqual(finished.status, 3)
        self.assertIn("chmod 600", finished.stdout)

    def test_a_user_and_a_token_that_is_forgotten(self):
        folder = tool.temporary_folder(self)
        make_certificates(folder)
        # Its gateway takes no certificate with a common name once it has users.
        etcd = Etcd(tls=folder, open_to_all=True)
        self.addCleanup(etcd.close)
        etcd.start()
        etcd.call("auth/user/add", name="root", password="secret word")
        etcd.call("auth/role/add", name="root")
        etcd.call("auth/user/grant", user="root", role="root")
        etcd.call("auth/enable")
        url = {}
        for name, word in (("good", "secret word"), ("bad", "another")):
            (folder / name).write_text(word + "\n")
            (folder / name).chmod(0o600)
            query = f"?ca-file={folder}/ca.pem&password-file={folder}/{name}"
            url[name] = etcd.url(query=query).replace("https://", "https://root@")
        self.say_down("a", "b", store=url["good"])
        finished = observers(url["good"])
        self.assertEqual(finished.status, 2, finished)
        finished = observers(url["bad"])
        self.assertEqual(finished.status, 3, finished)
        self.assertIn("logging in as root", finished.stdout)
        self.assertNotIn("another", str(finished))
        self.assertEqual(observers(etcd.url(query=f"?ca-file={folder}/ca.pem")).status, 3)
        # A watch holds a token of before the restart, and must ask for another one.
        state = tool.temporary_folder(self)
        process = tool.start("fo-probe", "--json", "--watch", "--interval", "300ms", "--node", "a", "--state-dir", state,
                             "--publish", url["good"], f"tcp://{etcd.place}")
        self.addCleanup(lambda: process.poll() is None and process.kill())
        wait_until(lambda: " up (a)" in observers(url["good"]).stdout, "the watch to publish", 10)
        etcd.kill()
        etcd.start_without_waiting()
        wait_until(lambda: " up (a)" in observers(url["good"]).stdout, "the watch to publish again", 15)


if __name__ == "__main__":
    unittest.main()
