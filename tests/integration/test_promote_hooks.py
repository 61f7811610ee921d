"""Property bounded against hooks that fail, hang, fork or flood: twelve kinds, as pre-, start- and post-hook.

A run ends in time whatever its hook does, says what the hook did, leaves no process of it at a time-out, and never calls the callers
to a host that does not serve.
"""

import os
import time
import unittest

from integration.test_promote import PromoteCase
from support.pair import NEW, OLD
from support.server import wait_until

LIMIT = 1.0

# What the hook does; and whether that alone is a failure. {d} is the pair's folder.
KINDS = {
    "fails": ("echo no licence >&2; exit 3", "no licence"),
    "dies by a signal": ("kill -9 $$", "signal 9"),
    "cannot be run": (None, "cannot"),
    "is no program": ("\0\1\2", ""),
    "hangs": ("sleep 81", "did not end in time"),
    "hangs and ignores TERM": ("trap '' TERM; sleep 81; sleep 81", "did not end in time"),
    "forks, and all hang": ("for i in 1 2 3 4 5 6 7 8; do sleep 81 & done; sleep 81", "did not end in time"),
    "forks for ever": ("while sleep 0.02; do sleep 81 & done", "did not end in time"),
    "floods stdout": ("yes", "did not end in time"),
    "floods stderr": ("yes >&2", "did not end in time"),
    "floods and fails": ("head -c 50000000 /dev/zero; head -c 50000000 /dev/zero >&2; exit 4", "exit status 4"),
    "reads stdin for ever": ("cat > /dev/null; exec sleep 81", "did not end in time"),
}


def sleepers():
    """Processes of the hooks above."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read()
        except OSError:
            continue
        if line.startswith((b"sleep\x0081", b"yes\0")):
            found.append(pid)
    return found


class HooksThatMisbehave(PromoteCase):
    def hook(self, body):
        path = self.pair.dir / "hook"
        if body is None:
            path.write_text("#!/no/such/interpreter\n")
        elif "\0" in body:
            path.write_bytes(body.encode())
        else:
            path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o700)
        return path

    def run_with(self, which, body):
        self.pair.reset()
        self.reconfigure(**{f"{which}_hook": [self.hook(body)]}, hook_timeout=[f"{LIMIT:.0f}s"])
        begun = time.monotonic()
        done = self.pair.promote("run", "-t", "20s")
        self.assertLess(time.monotonic() - begun, LIMIT + 6, done)
        # They were killed; on a busy machine that takes its moment.
        wait_until(lambda: not sleepers(), "the end of all that the hook had started", 5)
        return done

    def test_hooks_before_the_callers_come_leave_the_run_unfinished(self):
        for which in ("pre", "start"):
            bounded = 0
            for kind, (body, words) in KINDS.items():
                with self.subTest(f"{which}: {kind}"):
                    done = self.run_with(which, body)
                    self.assertEqual(done.status, 9, done)
                    self.assertEqual((done.result["step"], done.result["serving"]), ("pre-hook" if which == "pre" else "start", "none"))
                    self.assertIn(words, done.result["message"])
                    self.assertLess(len(done.stdout) + len(done.stderr), 20000)
                    self.assertIn("fo-promote resume", done.result["next"])
                    self.assertEqual(self.pair.addresses, [OLD])
                    self.assertIsNone(self.pair.mark)
                    bounded += 1
            self.assertEqual(bounded, 12)
            self.reconfigure(pre_hook=[], start_hook=[self.pair.dir / "start"])

    def test_a_post_hook_is_a_warning(self):
        bounded = 0
        for kind, (body, words) in KINDS.items():
            with self.subTest(kind):
                done = self.run_with("post", body)
                self.assertEqual((done.status, done.result["step"]), (3, "done"), done)
                self.assertIn(words, done.stderr + done.stdout)
                self.assertEqual(self.pair.addresses, [NEW])
                bounded += 1
        self.assertEqual(bounded, 12)

    def test_after_a_broken_start_hook_is_mended_a_resume_does_the_rest(self):
        self.run_with("start", KINDS["hangs"][0])
        self.reconfigure(start_hook=[self.pair.dir / "start"])
        self.assertIn(self.pair.promote("resume").status, (0, 3))
        self.assert_promoted()


if __name__ == "__main__":
    unittest.main()
