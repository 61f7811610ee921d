"""fo-fetch --metrics-file: what Prometheus reads, over several runs and after failed ones; and the plan as an event."""

import fcntl
import re
import unittest

from support.backups import make_backup
from support.fetching import FetchCase

SAMPLE = re.compile(r'^(?P<name>\w+)\{source="(?P<source>[^"]*)"\} (?P<value>[0-9.]+)$')


class Metrics(FetchCase):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "fetch.prom"

    def metrics(self):
        values, typed = {}, set()
        for line in self.file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# TYPE "):
                typed.add(line.split()[2])
            elif not line.startswith("#"):
                sample = SAMPLE.match(line)
                self.assertTrue(sample, line)
                self.assertIn(sample["name"], typed)
                self.assertEqual(sample["source"], self.location("PBX.zip"))
                values[sample["name"]] = float(sample["value"])
        return values

    def test_counters_survive_and_failures_count(self):
        size = make_backup(self.store / "PBX.zip", age=7200).stat().st_size
        for runs in (1, 2):
            self.assertEqual(self.fetch("PBX.zip", "--metrics-file", self.file).status, 0)
            seen = self.metrics()
            self.assertEqual((seen["failover_fetch_runs_total"], seen["failover_fetch_failures_total"]), (runs, 0))
        self.assertEqual(seen["failover_backup_size_bytes"], size)
        fetched = seen["failover_backup_fetched_bytes_total"]
        self.assertGreaterEqual(fetched, size)
        self.assertLess(abs(seen["failover_fetch_success_timestamp_seconds"] - seen["failover_backup_timestamp_seconds"] - 7200), 200)
        (self.store / "PBX.zip").unlink()
        self.assertEqual(self.fetch("PBX.zip", "--metrics-file", self.file).status, 5)
        after = self.metrics()
        self.assertEqual((after["failover_fetch_runs_total"], after["failover_fetch_failures_total"], after["failover_fetch_failed"]), (3, 1, 1))
        # What the last good run found still stands.
        for name in ("failover_backup_timestamp_seconds", "failover_backup_size_bytes", "failover_fetch_success_timestamp_seconds"):
            self.assertEqual(after[name], seen[name])

    def test_alone_a_run_that_found_another_at_work_counts_nothing(self):
        make_backup(self.store / "PBX.zip")
        self.out.mkdir()
        with open(self.out / ".fo-fetch.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.fetch("PBX.zip", "--metrics-file", self.file).status, 8)
        self.assertFalse(self.file.exists())

    def test_a_file_that_cannot_be_written_does_not_spoil_the_backup(self):
        make_backup(self.store / "PBX.zip")
        run = self.fetch("PBX.zip", "--metrics-file", self.folder / "none" / "fetch.prom")
        self.assertEqual(run.status, 0, run)
        self.assertIn("metrics file", run.stderr)
        # Counters of a newer version are not overwritten.
        counters = self.state / "fetch" / "counters"
        counters.write_text('{"format": 99}', encoding="ascii")
        run = self.fetch("PBX.zip", "--metrics-file", self.file)
        self.assertEqual(run.status, 0, run)
        self.assertIn("newer version", run.stderr)
        self.assertEqual(counters.read_text(encoding="ascii"), '{"format": 99}')

    def test_the_plan_comes_before_the_result(self):
        make_backup(self.store / "PBX.zip")
        objects = self.fetch("PBX.zip", "--json").objects
        self.assertEqual([item["type"] for item in objects], ["plan", "result"])
        self.assertEqual(objects[0]["to_download"], objects[1]["size"])


if __name__ == "__main__":
    unittest.main()
