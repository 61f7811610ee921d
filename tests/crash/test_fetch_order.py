"""good-stays-good through a power loss: what fo-fetch publishes is on the disk before it has its name, its sidecar before it, and a disk
that loses bytes is an error."""

import os
import re
import unittest

from support.backups import make_backup
from support.fetching import FetchCase

CALL = re.compile(r"(?P<name>fsync|fdatasync|rename|unlink|unlinkat)\((?P<what>[^)]*)\)\s+= 0")


class OrderTest(FetchCase):
    def calls(self):
        """(name, file or folder that it was for) of every flush, rename and removal of a run, in their order."""
        trace = self.folder / "trace"
        run = self.fetch("", wrapper=["strace", "-f", "-y", "-qq", "-o", str(trace), "-e", "trace=fsync,fdatasync,rename,unlink,unlinkat"])
        self.assertEqual(run.status, 0, run)
        calls = []
        for line in trace.read_text(encoding="utf-8").splitlines():
            if found := CALL.search(line):
                names = re.findall(r'"([^"]+)"|<([^>]+)>', found["what"])
                calls.append((found["name"].replace("fdatasync", "fsync"), os.path.basename("".join(names[-1]))))
        return calls, os.path.basename(run.stdout.strip())

    def test_bytes_then_sidecar_then_name_then_folder(self):
        make_backup(self.store / "PBX.zip")
        calls, name = self.calls()
        place = {}
        for number, call in enumerate(calls):
            place.setdefault(call, []).append(number)
        bytes_flushed = place[("fsync", ".fo-fetch.part")][-1]
        sidecar_flushed = place[("fsync", f"{name}.json.new")][-1]
        sidecar_named, named = place[("rename", f"{name}.json")][-1], place[("rename", name)][-1]
        folder_flushed = [number for number in place[("fsync", self.out.name)] if number > sidecar_named]
        self.assertLess(bytes_flushed, named, calls)
        self.assertLess(sidecar_flushed, sidecar_named, calls)
        self.assertLess(sidecar_named, folder_flushed[0], calls)
        self.assertLess(folder_flushed[0], named, calls)
        self.assertEqual(calls[named + 1], ("fsync", self.out.name), calls)

    def test_a_disk_that_loses_bytes_on_their_way(self):
        """The system tells but once; the flush before publishing may hear no more of it."""
        make_backup(self.store / "PBX.zip")
        run = self.fetch("", wrapper=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=sync_file_range", "-e",
                                      "inject=sync_file_range:error=EIO"])
        self.assertEqual((run.status, run.stdout), (1, ""), run)
        self.assertIn("Input/output error", run.stderr)
        self.assertEqual([path.name for path in self.out.iterdir() if path.suffix == ".zip"], [])


if __name__ == "__main__":
    unittest.main()
