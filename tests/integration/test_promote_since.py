"""The evidence says since when each probe is as it is seen: what a watch of this host wrote down, in text, JSON and the page."""

import json
import unittest
from datetime import datetime, timezone

from support import tool
from support.named import SERVICE
from support.pair import OLD, REFERENCES, Pair
from support.server import wait_until


class SinceCase(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(Pair(tool.temporary_folder(self)))
        self.old = self.pair.probe(OLD)
        self.references = [self.pair.probe(address) for address in REFERENCES]

    def watch_until_it_dies(self):
        """The seconds between which the old active died, by this host's clock."""
        (self.pair.dir / "serving-old").touch()
        references = [part for one in self.references for part in ("--reference", one)]
        watch = tool.start("fo-probe", "--watch", "--config", "/dev/null", "--state-dir", self.pair.state, "--interval", "100ms",
                           "--fall", "3", "-t", "1s", *references, self.old)
        wait_until((self.pair.state / "probe/seen-up").exists, "the watch")
        before = datetime.now(timezone.utc).timestamp()
        (self.pair.dir / "serving-old").unlink()
        done = tool.finish(watch)
        self.assertEqual(done.status, 0, done)
        return before, datetime.now(timezone.utc).timestamp()

    def checks(self):
        plan = next(one for one in self.pair.run("plan", "--confirm", SERVICE).objects if one["type"] == "plan")
        return {one["target"]: one["since"] for node in plan["nodes"] for one in node["checks"]} | \
               {one["target"]: one["since"] for one in plan["references"]}

    def change(self, **members):
        """Of the row that the watch has left of the old active."""
        path = self.pair.state / "probe/watched"
        text = json.loads(path.read_text())
        row = next(row for target, row in text["targets"].items() if OLD in target)
        row.update(members)
        path.write_text(json.dumps(text))


class Since(SinceCase):
    def test_what_the_watch_saw_is_shown_with_its_time(self):
        before, after = self.watch_until_it_dies()
        since = self.checks()
        at = datetime.fromisoformat(since[self.old].replace("Z", "+00:00")).timestamp()
        self.assertTrue(int(before) <= at <= after, (before, at, after))
        for reference in self.references:
            self.assertIsNotNone(since[reference], since)
        text = tool.run("fo-promote", "plan", "--config", self.pair.config, "--state-dir", self.pair.state, "--confirm", SERVICE).stdout
        self.assertRegex(text, rf"down +{self.old} .*; since {since[self.old]}, for ")
        page = self.pair.dir / "page.html"
        self.assertEqual(self.pair.promote("run", "--report", page).status, 3)
        self.assertIn(f"; since {since[self.old]}, for ", page.read_text())

    def test_nobody_watched(self):
        self.assertEqual(set(self.checks().values()), {None})
        text = tool.run("fo-promote", "plan", "--config", self.pair.config, "--state-dir", self.pair.state, "--confirm", SERVICE).stdout
        self.assertRegex(text, rf"down +{self.old} .*; since when is not known")

    def test_what_a_watch_saw_otherwise_or_long_ago_is_not_known(self):
        self.watch_until_it_dies()
        (self.pair.dir / "serving-old").touch()
        self.assertIsNone(self.checks()[self.old])
        (self.pair.dir / "serving-old").unlink()
        self.assertIsNotNone(self.checks()[self.old])
        self.change(until="2026-01-01T00:00:00Z", since="2026-01-01T00:00:00Z")
        self.assertIsNone(self.checks()[self.old])
        (self.pair.state / "probe/watched").write_text("{")
        self.assertEqual(set(self.checks().values()), {None})


if __name__ == "__main__":
    unittest.main()
