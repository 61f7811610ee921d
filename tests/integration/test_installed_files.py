"""What is installed is complete: tools, library, headers, pages, completions, and nothing of the build."""

import subprocess
import unittest

from support.tool import BUILD_DIR, SOURCE_DIR, environment, temporary_folder

TOOLS = ("fo-probe", "fo-fetch", "fo-restore", "fo-promote")


class InstalledFilesTest(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        self.prefix = self.folder / "prefix"
        self.call("cmake", "--install", BUILD_DIR, "--prefix", self.prefix)

    def call(self, *command):
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, env=environment())
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_everything_is_there_and_runs(self):
        for tool in TOOLS:
            self.assertRegex(self.call(self.prefix / "bin" / tool, "--version"), rf"^{tool} \d+\.\d+\.\d+\n$")
            for name in (f"share/man/man1/{tool}.1", f"share/bash-completion/completions/{tool}",
                         f"share/zsh/site-functions/_{tool}", f"share/fish/vendor_completions.d/{tool}.fish"):
                self.assertTrue((self.prefix / name).is_file(), name)
        self.assertFalse((self.prefix / "bin" / "fo-completions").exists())
        for worker in ("fo-drill", "fo-smb", "fo-unpack"):
            self.assertTrue((self.prefix / "libexec" / "failover" / worker).is_file(), worker)
        for name in ("lib/systemd/system/fo-watch@.service", "lib/systemd/system/fo-ready.timer",
                     "share/failover/drop-ins/only-the-active.conf"):
            self.assertTrue((self.prefix / name).is_file(), name)
        self.assertFalse((self.prefix / "lib" / "systemd" / "system" / "drop-ins").exists())
        headers = {path.name for path in (SOURCE_DIR / "lib" / "include" / "failover").iterdir()}
        self.assertEqual({path.name for path in (self.prefix / "include" / "failover").iterdir()}, headers)

    def test_the_library_finds_its_workers_under_any_prefix(self):
        fetch = [self.prefix / "bin" / "fo-fetch", "--password-file", self.folder / "password", "--retries", "0",
                 "--state-dir", self.folder / "state", "smb://nobody@127.0.0.1:1/share/file"]
        (self.folder / "password").touch(0o600)
        (self.folder / "password").write_text("x\n", encoding="ascii")
        self.assertEqual(self.status(*fetch)[0], 6)
        # The same tree elsewhere.
        moved = self.folder / "moved"
        self.prefix.rename(moved)
        fetch[0] = moved / "bin" / "fo-fetch"
        self.assertEqual(self.status(*fetch)[0], 6)
        worker = moved / "libexec" / "failover" / "fo-smb"
        worker.unlink()
        status, errors = self.status(*fetch)
        self.assertEqual(status, 2, errors)
        self.assertIn(f"{worker}, which is not there", errors)

    def status(self, *command):
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, env=environment())
        return done.returncode, done.stderr


if __name__ == "__main__":
    unittest.main()
