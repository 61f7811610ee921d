"""What fo-promote does with every arbiter that keeps a record."""

from support import tool
from support.named import SERVICE
from support.pair import NEW, OLD

SWITCHED = """#!/bin/sh
echo "$*" >> {d}/audit
case $1 in
  status) if [ -e {d}/serving-old ]; then echo on; else echo off; fi ;;
  fence) rm -f {d}/serving-old ;;
  give-back) touch {d}/serving-old ;;
esac
"""


class RecordedCase:
    """For a PromoteCase with other(), another node's arbiter; recorded(), the epoch, who may be serving and who is active
    by which epoch; claim_is_open(), kill_arbiter() and wipe_arbiter()."""

    def on_old_host(self, verb, *arguments):
        """The old active's own fo-promote, with a state of its own."""
        return tool.run("fo-promote", verb, "--config", self.pair.config, "--json", "--node", "a", "--state-dir", self.pair.dir / "state-a",
                        "--run-dir", self.pair.dir / "run-a", "--self-probe", self.pair.probe(OLD), *arguments)

    def adopt(self):
        (self.pair.dir / "serving-old").touch()
        self.reconfigure(self_probe=[])
        done = self.on_old_host("adopt", "--confirm", SERVICE)
        self.assertEqual(done.status, 0, done)
        (self.pair.dir / "serving-old").unlink()
        self.reconfigure(self_probe=[self.pair.probe(NEW)])

    def broken_start(self):
        self.pair.program("broken", "#!/bin/sh\nexit 1\n")
        self.reconfigure(start_hook=[self.pair.dir / "broken"])
        done = self.pair.promote()
        self.assertEqual(done.status, 9, done)
        self.reconfigure(start_hook=[self.pair.dir / "start"])

    def claimed_by_other(self):
        other = self.other()
        self.assertEqual(other.ask({"act": "claim", "node": "c", "floor": 1, "peers": ["a", "b"], "seconds": 60})["epoch"], 2)
        return other


class PromotionOnRecord(RecordedCase):
    def test_a_promotion_on_record(self):
        self.adopt()
        self.assertEqual(self.recorded(), (1, ["a"], "a@1"))
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assert_promoted("2")
        self.assertEqual((self.recorded(), self.claim_is_open()), ((2, ["b"], "b@2"), False))
        self.assertIn("nothing to do", self.pair.promote().result["message"])

    def test_without_a_record_nothing_is_done(self):
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("fo-promote adopt", done.result["message"])
        self.assert_untouched()

    def test_another_that_promotes(self):
        self.adopt()
        self.claimed_by_other()
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("c promotes at this moment", done.result["message"])
        self.assertEqual((self.pair.has_power, self.pair.started, self.pair.addresses, self.pair.audit), (True, False, [OLD], []))

    def test_one_that_may_be_serving_and_is_not_known_here(self):
        self.adopt()
        other = self.claimed_by_other()
        other.ask({"act": "confirm_off", "node": "a"})
        other.ask({"act": "commit"})
        other.ask({"act": "release"})
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("[node.c]", done.result["message"])
        # What was claimed for it was given back; the epoch stays taken.
        self.assertEqual((self.recorded(), self.claim_is_open()), ((3, ["c"], "c@2"), False))
        self.assertFalse(self.pair.started)

    def test_an_unfinished_one_goes_on(self):
        self.adopt()
        self.broken_start()
        self.assertEqual((self.recorded(), self.pair.addresses), ((2, ["b"], "b@2"), [OLD]))
        done = self.pair.promote("resume")
        self.assertIn(done.status, (0, 3), done)
        self.assert_promoted("2")
        self.assertFalse(self.claim_is_open())


class SwitchoverOnRecord(RecordedCase):
    def setUp(self):
        super().setUp()
        self.adopt()
        (self.pair.dir / "serving-old").touch()
        self.pair.program("fencer", SWITCHED)
        self.pair.program("start", "#!/bin/sh\ntouch {d}/serving-new\n")
        self.pair.program("stop", "#!/bin/sh\nrm -f {d}/serving-new\n")
        self.pair.program("stop-old", "#!/bin/sh\nrm -f {d}/serving-old\n")
        self.reconfigure(fence=[f"exec://{self.pair.dir}/fencer?kind=service&give-back=yes&timeout=5s"],
                         stop_hook=[self.pair.dir / "stop"])

    def serving(self):
        return {name for name in ("old", "new") if (self.pair.dir / f"serving-{name}").exists()}

    def switch(self, status=3):
        done = self.pair.promote("run", "--switchover")
        self.assertEqual(done.status, status, done)

    def test_there_and_given_back(self):
        self.switch()
        self.assertEqual((self.serving(), self.recorded()), ({"new"}, (2, ["b"], "b@2")))
        done = self.pair.promote("give-back", "a")
        self.assertEqual(done.status, 0, done)
        self.assertEqual((self.serving(), self.recorded(), self.pair.addresses), ({"old"}, (3, ["a"], "a@3"), [OLD]))
        self.assertEqual((self.pair.mark["epoch"], self.pair.mark["node"]), ("3", "a"))
        self.assertEqual(self.pair.run("guard").status, 4)

    def test_one_that_fails_gives_the_record_back(self):
        (self.pair.dir / "data").mkdir()
        self.pair.program("sync", "#!/bin/sh\n[ $FO_HOOK_PHASE = last ] && exit 1\ncd {d} && touch calls && rm -f n.zip\n"
                          "python3 -c \"import zipfile; zipfile.ZipFile('n.zip', 'w').write('calls')\"\n"
                          f"exec {tool.path('fo-restore')} --state-dir {self.pair.state} --target {self.pair.dir}/data n.zip\n")
        self.reconfigure(sync_hook=[self.pair.dir / "sync"])
        self.switch(1)
        self.assertEqual((self.serving(), self.recorded(), self.pair.addresses), ({"old"}, (3, ["a"], "a@3"), [OLD]))

    def test_the_old_host_rejoins(self):
        self.switch()
        # As if somebody had started it again by hand.
        (self.pair.dir / "serving-old").touch()
        text = self.pair.config.read_text().replace(f"self-probe = {self.pair.probe(NEW)}\n", "")
        self.pair.config.write_text(text + f"probe = {self.pair.probe(NEW)}\n")
        done = self.on_old_host("rejoin", "--confirm", SERVICE, "--stop-hook", self.pair.dir / "stop-old")
        self.assertEqual(done.status, 0, done)
        self.assertEqual((done.result["active"], self.serving(), self.recorded()), ("b", {"new"}, (2, ["b"], "b@2")))
        self.assertEqual(self.on_old_host("guard").status, 4)

    def test_the_active_one_on_record_does_not_rejoin(self):
        done = self.on_old_host("rejoin", "--confirm", SERVICE, "--stop-hook", self.pair.dir / "stop-old")
        self.assertEqual(done.status, 4, done)
        self.assertEqual((self.serving(), self.recorded()), ({"old"}, (1, ["a"], "a@1")))


class GuardOnRecord(RecordedCase):
    def test_only_the_active_host_may_start(self):
        self.assertEqual(self.on_old_host("guard").status, 4)
        self.adopt()
        self.assertEqual(self.on_old_host("guard").status, 0)
        self.assertEqual(self.pair.run("guard").status, 4)
        self.pair.promote()
        refused = self.on_old_host("guard")
        self.assertEqual(refused.status, 4)
        self.assertIn("b is active", refused.result["message"])
        self.assertEqual(self.pair.run("guard").status, 0)

    def test_another_claim_keeps_it_down(self):
        self.adopt()
        self.claimed_by_other()
        self.assertEqual(self.on_old_host("guard").status, 4)

    def test_a_note_of_this_boot_bridges_the_arbiters_absence(self):
        self.adopt()
        self.assertEqual(self.on_old_host("guard").status, 0)
        self.kill_arbiter()
        self.assertEqual(self.on_old_host("guard").status, 0)
        (self.pair.dir / "run-a" / f"{SERVICE}.note").unlink()
        self.assertEqual(self.on_old_host("guard").status, 4)

    def test_a_record_that_is_gone_lets_nobody_start(self):
        self.adopt()
        self.assertEqual(self.on_old_host("guard").status, 0)
        self.wipe_arbiter()
        self.assertEqual(self.on_old_host("guard").status, 4)
