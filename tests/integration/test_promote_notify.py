"""Who is told of a promotion, and what others say of the active host: fo-promote with real programs and a real etcd."""

import json
import time
import unittest

from support import tool
from support.etcd import Etcd
from support.named import SERVICE
from support.pair import NEW, OLD, Pair


class NotifyCase(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(Pair(tool.temporary_folder(self)))
        self.pair.program("tell", "#!/bin/sh\ncat >> {d}/told\n")
        self.pair.lines["notify"] = [f"exec://{self.pair.dir}/tell"]
        self.pair.write_config()

    def told(self):
        path = self.pair.dir / "told"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def events(self):
        return [each["event"] for each in self.told()]


class Notifications(NotifyCase):
    def test_begin_and_end(self):
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assertEqual(self.events(), ["begun", "done"])
        self.assertEqual({(each["service"], each["node"], each["epoch"]) for each in self.told()}, {(SERVICE, "b", 1)})
        self.assertEqual([(each["event"], each["sent"]) for each in done.result["notifications"]],
                         [("begun", True), ("done", True)])
        self.pair.promote()
        self.assertEqual(self.events(), ["begun", "done"])

    def test_unfinished_and_withdrawn(self):
        self.pair.program("fencer", "#!/bin/sh\ncase $1 in status) echo on ;; *) echo '\033[2J<b>broken' >&2; exit 1 ;; esac\n")
        done = self.pair.promote()
        self.assertEqual(done.status, 9, done)
        self.assertEqual(self.events(), ["begun", "unfinished"])
        self.assertEqual(self.told()[-1]["next"], done.result["next"])
        self.pair.run("abort")
        self.assertEqual(self.events(), ["begun", "unfinished", "withdrawn"])
        self.assertEqual(self.told()[-1]["node"], "b")

    def test_a_notifier_that_hangs_or_is_not_there_holds_nothing_up(self):
        self.pair.program("hang", "#!/bin/sh\nsleep 100\n")
        self.pair.lines["notify"] = [f"exec://{self.pair.dir}/hang", "exec:///no/such/notifier", *self.pair.lines["notify"]]
        self.pair.lines["allow-stale-backup"] = ["true"]
        self.pair.program("start", "#!/bin/sh\ndate +%s.%N > {d}/started-at\ntouch {d}/serving-new\n")
        self.pair.write_config()
        begun = time.time()
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assertEqual(self.pair.addresses, [NEW])
        self.assertLess(float((self.pair.dir / "started-at").read_text()) - begun, 4)
        self.assertLess(time.time() - begun, 25)
        self.assertEqual(self.events(), ["begun", "done"])
        failed = [each for each in done.result["notifications"] if not each["sent"]]
        self.assertEqual(len(failed), 4)
        self.assertIn("a notification was not sent", done.stderr)
        # The one warning is that of the backup.
        self.assertEqual(len(done.result["warnings"]), 1)

    def test_a_notifier_that_makes_no_sense_is_refused_before_anything(self):
        for spec in ("pigeon:x", "mail:a b", "webhook+http://192.0.2.1/"):
            self.assertEqual(self.pair.promote("run", "--notify", spec).status, 2, spec)
        self.assertEqual((self.pair.audit, self.told()), ([], []))


class Observers(NotifyCase):
    def setUp(self):
        super().setUp()
        self.etcd = Etcd()
        self.addCleanup(self.etcd.close)
        self.etcd.start()
        self.store = f"etcd://{self.etcd.place}/watch"
        self.pair.lines["observer"] = [self.store]
        self.pair.write_config()

    def another_sees(self, target):
        tool.run("fo-probe", "--node", "c", "--publish", self.store, "--publish-for", "60s", target)

    def test_they_bind(self):
        alone = self.pair.promote()
        self.assertEqual(alone.status, 4, alone)
        self.assertIn("what others see of the service is unknown", alone.result["message"])
        self.another_sees(self.pair.probe("127.0.0.13"))
        up = self.pair.promote()
        self.assertEqual(up.status, 4, up)
        self.assertEqual((self.pair.addresses, self.pair.audit, self.events()), ([OLD], [], []))
        self.another_sees(self.pair.probe(OLD))
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assertEqual(self.pair.addresses, [NEW])
        plan = next(each for each in done.objects if each["type"] == "plan")
        self.assertEqual([(each["node"], each["health"]) for each in plan["observers"][0]["nodes"]], [("c", "down")])

    def test_a_store_that_cannot_be_read_is_unknown(self):
        self.another_sees(self.pair.probe(OLD))
        self.etcd.close()
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("what others see of the service is unknown", done.result["message"])
        self.assertEqual(self.pair.audit, [])


if __name__ == "__main__":
    unittest.main()
