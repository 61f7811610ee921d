"""What becomes of a restore whose worker fo-unpack hangs, dies or lies: failure, and the old tree as it was."""

import shutil
import unittest

from support import tool
from support.backup_files import tree_of, write_backup

HEAD = """#!/usr/bin/python3 -IS
import json, os, struct, sys, time, zlib
def send(kind, body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    os.write(1, struct.pack("<BBHI", 0xF0, kind, 0, len(data)) + data)
def receive():
    head = os.read(0, 8)
    if len(head) < 8: sys.exit(0)
    length, body = struct.unpack("<I", head[4:])[0], b""
    while len(body) < length: body += os.read(0, length - len(body))
    return head[1], body
def entry(path=b"a", content=b"content\\n", kind=0, size=None, crc=None, offset=0, packed=8, link=b""):
    return struct.pack("<BHIIQQQqHH", kind, 0, 0o644, zlib.crc32(content) if crc is None else crc, len(content) if size is None else size,
                       offset, packed, 1700000000 * 10**9, len(path), len(link)) + path + link
def request():
    while True:
        kind, body = receive()
        if kind == 1: return json.loads(body)
def confined(): send(5, {"confined": "not at all"})
def listed(*entries):
    request()
    send(6, b"".join(entries or [entry()]))
    send(3, {"format": 0})
def slot(content):
    fd = os.open("0", os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=4)
    os.write(fd, content)
    os.close(fd)
"""

# Name, what it does, exit status, what is said.
FAULTS = [
    ("dies at once", "sys.exit(3)", 1, "fo-unpack ended before its answer"),
    ("dies in the middle", "confined(); request(); os.kill(os.getpid(), 9)", 1, "signal 9"),
    ("no frame", "os.write(1, b'Segmentation fault, core dumped')", 1, "no frame"),
    ("not confined", "send(6, entry())", 1, "before it is confined"),
    ("frame of the wrong kind", "confined(); request(); send(1, {})", 1, "wrong kind"),
    ("no JSON", "confined(); request(); send(3, b'{')", 1, "something else"),
    ("unknown format", "confined(); request(); send(3, {'format': 9})", 1, "no known format"),
    ("no entries", "confined(); request(); send(3, {'format': 0})", 7, "empty-archive"),
    ("half an entry", "confined(); listed(entry()[:-1])", 1, "an entry that is none"),
    ("path that leads out", "confined(); listed(entry(b'../a'))", 7, "name-dotdot"),
    ("path in a long form", "confined(); listed(entry(b'./a'))", 7, "shortest form"),
    ("two of one path", "confined(); listed(entry(), entry())", 7, "duplicate"),
    ("a link", "confined(); listed(entry(), entry(b'l', kind=2, link=b'/etc'))", 7, "entry-type"),
    ("beyond the archive", "confined(); listed(entry(offset=1 << 60))", 7, "overlap"),
    ("larger than allowed", "confined(); listed(entry(size=1 << 50))", 7, "max-size"),
    ("error of a kind that is not its own", "confined(); request(); send(4, {'kind': 'locked', 'message': 'x'})", 1, "x"),
    ("too long a frame", "confined(); request(); os.write(1, struct.pack('<BBHI', 0xF0, 6, 0, 1 << 30))", 1, "no frame"),
    ("nothing written", "confined(); listed() if sys.argv[1] == '0' else (request(), send(3, {})); time.sleep(9)", 1,
     "cannot open its slot"),
    ("other content", "confined(); listed() if sys.argv[1] == '0' else (request(), slot(b'CONTENT\\n'), send(3, {})); time.sleep(9)", 1,
     "does not give back"),
    ("more content", "confined(); listed() if sys.argv[1] == '0' else (request(), slot(b'content\\n' * 9), send(3, {})); time.sleep(9)", 1,
     "does not give back"),
    ("link in its slot", "confined(); listed() if sys.argv[1] == '0' else (request(), os.symlink('/etc/hostname', '0', dir_fd=4), "
     "send(3, {})); time.sleep(9)", 1, "cannot open its slot"),
    ("dies while it unpacks", "confined(); listed() if sys.argv[1] == '0' else (request(), slot(b'con'), os.kill(os.getpid(), 9)); time.sleep(9)",
     1, "signal 9"),
]


class UnpackWorkerTest(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.target = self.folder / "live"
        self.target.mkdir()
        (self.target / "mine").write_text("was here")
        self.backup = write_backup(self.folder / "1.zip", {"a": "content\n"})
        self.prefix = self.folder / "prefix"
        build = tool.BIN.parent
        library = next(build.rglob("libfailover.so*")).parent.relative_to(build)
        shutil.copytree(build / library, self.prefix / library, symlinks=True)
        self.library = self.prefix / library
        self.worker = self.prefix / "libexec/failover/fo-unpack"
        self.worker.parent.mkdir(parents=True)

    def restore(self, code, *options, **more):
        self.worker.write_text(HEAD + code + "\n", encoding="ascii")
        self.worker.chmod(0o755)
        return tool.run("fo-restore", "--state-dir", self.folder / "state", "--take-over", "--target", self.target, *options, self.backup,
                        env={"LD_LIBRARY_PATH": str(self.library)}, **more)

    def assert_untouched(self, done):
        self.assertEqual(tree_of(self.target), {"mine": "was here"}, done)
        self.assertFalse((self.target / ".failover").exists(), done)
        self.assertFalse((self.folder / "state/restore/in-progress").exists(), done)

    def test_faults(self):
        for name, code, status, text in FAULTS:
            with self.subTest(name):
                done = self.restore(code)
                self.assertEqual(done.status, status, done)
                self.assertIn(text, done.stderr)
                self.assert_untouched(done)

    def test_the_word_encrypted_opens_nothing(self):
        """A link of a sealed archive is looked at by whoever unpacks it; a restore lets no archive be sealed."""
        link = "confined(); request(); send(6, entry() + entry(b'l', kind=2, link=b'/etc')); send(3, {'format': 2})"
        done = self.restore(link, "--symlinks", "inside")
        self.assertEqual(done.status, 7, done)
        self.assertIn("rule link", done.stderr)
        self.assert_untouched(done)

    def test_a_worker_that_hangs_is_ended_at_the_deadline(self):
        """Property bounded."""
        for name, code in {"at once": "time.sleep(60)", "while it lists": "confined(); time.sleep(60)",
                           "while it unpacks": "confined(); listed() if sys.argv[1] == '0' else time.sleep(60); time.sleep(60)"}.items():
            with self.subTest(name):
                done = self.restore(code, "--timeout", "2s")
                self.assertEqual(done.status, 6, done)
                self.assertLess(done.seconds, 10)
                self.assert_untouched(done)

    def test_without_the_worker_nothing_is_read(self):
        self.worker.touch(0o644)
        done = tool.run("fo-restore", "--state-dir", self.folder / "state", "--verify", self.backup,
                        env={"LD_LIBRARY_PATH": str(self.library)})
        self.assertEqual(done.status, 2, done)
        self.assertIn("which is not there; install it", done.stderr)

    def test_what_is_in_force_is_said(self):
        """By -v once, of the process that reads the archive first; by -vv of every process; else not."""
        for options, times in (([], 0), (["-v"], 1), (["-vv"], 2)):
            with self.subTest(options):
                done = tool.run("fo-restore", *options, "--state-dir", self.folder / "state", "--verify", self.backup)
                self.assertEqual(done.status, 0, done)
                self.assertEqual(done.stderr.count("fo-unpack is confined: "), times, done)


if __name__ == "__main__":
    unittest.main()
