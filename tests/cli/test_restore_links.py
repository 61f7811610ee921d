"""fo-restore --symlinks inside: links are moved as what they are, and nothing is written through one."""

import io
import os
import tarfile
import unittest

from support import tool


class Links(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.target = self.folder / "live"
        self.target.mkdir()
        self.outside = self.folder / "outside"
        self.outside.mkdir()
        (self.outside / "file").write_text("safe")

    def backup(self, name, files, links):
        path = self.folder / name
        with tarfile.open(path, "w") as archive:
            for entry, target in links.items():
                info = tarfile.TarInfo(entry)
                info.type, info.linkname, info.mtime = tarfile.SYMTYPE, target, 1767323046
                archive.addfile(info)
            for entry, content in files.items():
                info = tarfile.TarInfo(entry)
                info.size, info.mtime = len(content), 1767323046
                archive.addfile(info, io.BytesIO(content.encode()))
        return path

    def restore(self, backup, *arguments, status=0):
        done = tool.run("fo-restore", "--state-dir", self.folder / "state", "--target", self.target, "--symlinks", "inside",
                        *arguments, backup)
        self.assertEqual(done.status, status, done)
        return done

    def links(self):
        return {path.name: os.readlink(path) for path in self.target.iterdir() if path.is_symlink()}

    def test_links_come_change_go_and_come_back(self):
        first = self.backup("1.tar", {"d/x": "x", "was-file": "f"}, {"a": "d/x", "gone": "d"})
        second = self.backup("2.tar", {"d/x": "x", "gone/now": "a directory"}, {"a": "d", "was-file": "d/x"})
        self.restore(first)
        self.assertEqual(self.links(), {"a": "d/x", "gone": "d"})
        self.assertTrue(self.restore(first, "--json").result["nothing_to_do"])
        self.restore(second)
        self.assertEqual(self.links(), {"a": "d", "was-file": "d/x"})
        self.assertEqual((self.target / "gone/now").read_text(), "a directory")
        done = tool.run("fo-restore", "--state-dir", self.folder / "state", "--rollback")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.links(), {"a": "d/x", "gone": "d"})
        self.assertEqual((self.target / "was-file").read_text(), "f")

    def test_without_the_option_they_are_refused(self):
        done = tool.run("fo-restore", "--state-dir", self.folder / "state", "--target", self.target,
                        self.backup("1.tar", {}, {"a": "b"}))
        self.assertEqual(done.status, 7, done)
        self.assertEqual(list(self.target.iterdir()), [])

    def test_what_leads_outside_is_refused(self):
        """Property inside."""
        for number, target in enumerate(("../outside", str(self.outside), "d/../../outside")):
            done = self.restore(self.backup(f"{number}.tar", {"d/x": "x"}, {"a": target}), status=7)
            self.assertIn("a", done.stderr)
        self.assertEqual(self.links(), {})

    def test_a_link_that_is_here_is_replaced_itself(self):
        """Property inside: not what it leads to."""
        (self.target / "a").symlink_to(self.outside / "file")
        self.restore(self.backup("1.tar", {"b": "b"}, {"a": "b"}), "--take-over")
        self.assertEqual(self.links(), {"a": "b"})
        (self.target / "a").unlink()
        (self.target / "a").symlink_to(self.outside / "file")
        self.restore(self.backup("2.tar", {"a": "a file again"}, {}))
        self.assertEqual((self.target / "a").read_text(), "a file again")
        self.assertEqual((self.outside / "file").read_text(), "safe")


if __name__ == "__main__":
    unittest.main()
