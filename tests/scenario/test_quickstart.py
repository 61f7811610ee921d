"""examples/quickstart as a stranger runs it; and that it does not say "done" when a step did not really happen."""

import os
import re
import shutil
import subprocess
import unittest

from support.tool import BIN, SOURCE_DIR, environment, temporary_folder


def leftovers():
    """Processes, listening sockets and folders of the stage."""
    processes = subprocess.run(["pgrep", "-fa", "fo-quickstart"], capture_output=True, text=True, check=False).stdout
    sockets = subprocess.run(["ss", "-Hlntu"], capture_output=True, text=True, check=True).stdout
    found = processes.splitlines() + [line for line in sockets.splitlines() if "127.0.77." in line]
    return found + [name for name in os.listdir("/tmp") if name.startswith("fo-quickstart.")]


def form(line):
    """A line of the transcript without what is another one each time: times, numbers, digests, where things lie."""
    line = re.sub(r"[^\s>|]*/(?=[\w.-])", "", re.sub(r" +# on .*$", "", line))
    line = re.sub(r"-[0-9a-f]{8}\.zip", "-DIGEST.zip", line)
    line = re.sub(r"\d+(?:\.\d+)*(?:T\d+(?::\d+)*(?:\.\d+)?Z)?", "N", line)
    return " ".join(re.sub(r"N(?:[-:]N)+", "N", line).split())


def transcript():
    """The lines that the README shows of a run."""
    text = (SOURCE_DIR / "README.md").read_text(encoding="utf-8").split("## A failover", 1)[1].split("\n## ", 1)[0]
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def missing(shown, played):
    """The first line of the README that does not come, or not in this order."""
    rest = iter([form(line) for line in played])
    return next((line for line in shown if form(line) and not any(form(line) == each for each in rest)), None)


class TranscriptTest(unittest.TestCase):
    def test_another_line_or_order_is_seen(self):
        played = ["== A", "$ x", "+  0.1 s  fence  0.2 s  off", "", "127.0.0.1"]
        self.assertIsNone(missing(["== A", "+  9.9 s  fence  7.0 s  off", "127.0.77.12"], played))
        self.assertEqual(missing(["== A", "+  9.9 s  fences  7.0 s  off"], played), "+  9.9 s  fences  7.0 s  off")
        self.assertEqual(missing(["$ x", "== A"], played), "== A")


class QuickstartTest(unittest.TestCase):
    def setUp(self):
        self.assertEqual(os.getuid(), 0, "the quickstart runs as root")
        self.assertEqual(leftovers(), [])
        self.tree = temporary_folder(self)
        shutil.copytree(SOURCE_DIR / "examples", self.tree / "examples")
        shutil.copytree(SOURCE_DIR / "packaging", self.tree / "packaging")

    def play(self):
        process = subprocess.Popen([str(self.tree / "examples" / "quickstart")], env=environment({"FO_BIN": str(BIN)}),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            stdout, stderr = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.terminate()  # which makes it clean up
            self.fail(f"it takes more than a minute: {process.communicate()}")
        self.assertEqual(leftovers(), [], stdout + stderr)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def replace(self, name, text):
        path = self.tree / "examples" / "quickstart.d" / name
        path.write_text(text, encoding="ascii")
        path.chmod(0o755)

    def assert_fails(self, words):
        done = self.play()
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn(words, done.stderr, done.stdout)
        self.assertNotIn("Timeline", done.stdout)

    def test_it_plays_to_the_end(self):
        done = self.play()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Timeline", done.stdout)
        self.assertIn("everything that was started is stopped again", done.stdout)
        self.assertGreater(len(transcript()), 50)
        errors = [line for line in transcript() if re.match(r"fo-\w+: ", line)]
        self.assertIsNone(missing(errors, done.stderr.splitlines()), done.stderr)
        shown = [line for line in transcript() if line not in errors]
        self.assertIsNone(missing(shown, done.stdout.splitlines()), "the README shows another transcript:\n" + done.stdout)

    def test_a_fencer_that_lies_is_noticed(self):
        real = (self.tree / "examples" / "quickstart.d" / "fence-active").read_text(encoding="ascii")
        lie = real.replace("pkill -KILL -s", "[[ $2 != 0 ]] || pkill -KILL -s")
        lie = lie.replace("if is_on; then echo on; else echo off; fi", "echo off").replace("if ! is_on; then", "if true; then")
        self.replace("fence-active", lie)
        self.assert_fails("nothing of the old active to run any more")

    def test_a_fencer_that_fails_stops_the_promotion(self):
        real = (self.tree / "examples" / "quickstart.d" / "fence-active").read_text(encoding="ascii")
        self.replace("fence-active", real.replace('pkill -KILL -s "$session" || true', '[[ $2 == 0 ]] || exit 1; pkill -KILL -s "$session" || true'))
        self.assert_fails("'fo-promote run --confirm pbx.example.test' ended with 9")

    def test_a_standby_that_does_not_start_is_noticed(self):
        self.replace("start-hook", "#!/bin/sh\nexit 0\n")
        real = (self.tree / "examples" / "quickstart.d" / "failover.conf").read_text(encoding="ascii")
        self.replace("failover.conf", real.replace("hook-timeout = 20s", "hook-timeout = 1s"))
        self.assert_fails("'fo-promote run --confirm pbx.example.test' ended with 9")


if __name__ == "__main__":
    unittest.main()
