"""What real programs pack: fo-restore's tree is the one that unzip, bsdtar or 7z make of it; and encrypted archives."""

import hashlib
import os
import shutil
import stat
import struct
import subprocess
import unittest
import zipfile
import zlib
from pathlib import Path

from support import tool
from support.archivers import ARCHIVERS, make_tree
from support.evil_zip import UTF8, Archive, Entry

PASSWORD = "correct horse"
TARS = {"tar": [], "tar.gz": ["-z"], "tar.xz": ["-J"], "tar.zst": ["--zstd"]}


def facts_of(root):
    """{path: kind, content, mode, modification time}; a mode without what fo-restore never gives."""
    facts = {}
    for path in sorted(Path(root).rglob("*")):
        if ".failover" in path.parts:
            continue
        info = path.lstat()
        name = str(path.relative_to(root))
        if stat.S_ISDIR(info.st_mode):
            facts[name] = "directory"
        else:
            facts[name] = (hashlib.sha256(path.read_bytes()).hexdigest(), stat.S_IMODE(info.st_mode) & 0o755, int(info.st_mtime))
    return facts


class FormatsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.source = self.folder / "source"
        # Archivers write names as the locale has them.
        before = os.environ.get("LC_ALL")
        os.environ["LC_ALL"] = "C.UTF-8"
        self.addCleanup(lambda: os.environ.pop("LC_ALL") if before is None else os.environ.update(LC_ALL=before))
        make_tree(self.source, files=12, size=5_000)
        (self.source / "empty").write_bytes(b"")
        script = self.source / "bin/run it"
        script.parent.mkdir()
        script.write_text("#!/bin/sh\n")
        script.chmod(0o755)
        self.named = self.source / "Grüße/日本 語.txt"
        self.named.parent.mkdir()
        self.named.write_text("utf-8\n")
        for path in (script, self.named, self.source / "empty"):
            os.utime(path, (1_700_000_000, 1_700_000_000))
        self.count = 0
        self.zone = {}

    def call(self, *command, cwd=None):
        return subprocess.run([*map(str, command)], cwd=cwd, check=True, capture_output=True, env=tool.environment(self.zone))

    def run_tool(self, *arguments, **options):
        return tool.run("fo-restore", "--state-dir", self.folder / "state", *arguments, env=self.zone, **options)

    def assert_same(self, ours, theirs):
        """Times to two seconds: not every unpacker reads every record of a zip that has finer ones."""
        self.assertEqual(ours.keys(), theirs.keys())
        for name, facts in ours.items():
            if facts == "directory":
                self.assertEqual(theirs[name], facts, name)
            else:
                self.assertEqual(facts[:2], theirs[name][:2], name)
                self.assertAlmostEqual(facts[2], theirs[name][2], delta=2, msg=name)

    def restored(self, archive, *options):
        self.count += 1
        target = self.folder / f"target{self.count}"
        target.mkdir()
        done = self.run_tool("--take-over", "--target", target, *options, archive)
        self.assertEqual(done.status, 0, done)
        return facts_of(target)

    def unpacked(self, *command):
        """What another program makes of it; {} in the command is its target."""
        self.count += 1
        target = self.folder / f"theirs{self.count}"
        target.mkdir()
        self.call(*[str(word).replace("{}", str(target)) for word in command], cwd=target)
        return facts_of(target)

    def in_ascii(self):
        """zip(1) marks names as UTF-8 only where the host has the locale en_US.UTF-8."""
        plain = self.folder / "ascii"
        if not plain.exists():
            shutil.copytree(self.source, plain)
            shutil.rmtree(plain / self.named.parent.name)
        return plain

    def test_zips_of_many_writers(self):
        for name, pack in ARCHIVERS.items():
            with self.subTest(name):
                archive = self.folder / f"{name}.zip"
                pack(self.source if "info_zip" not in name else self.in_ascii(), archive)
                ours = self.restored(archive)
                self.assert_same(ours, self.unpacked("unzip", "-q", archive, "-d", "{}"))
                source = self.source if "info_zip" not in name else self.in_ascii()
                self.assertEqual({name for name, facts in ours.items() if facts != "directory"},
                                 {name for name, facts in facts_of(source).items() if facts != "directory"})

    def test_local_times_are_those_of_this_host(self):
        """Property effect: a zip's plain times have no zone, and the worker that reads them has an environment of its own."""
        archive = self.folder / "times.zip"
        ARCHIVERS["python"](self.source, archive)
        for zone in ("Asia/Tokyo", "America/Lima"):
            self.zone = {"TZ": zone}
            self.assertEqual(self.restored(archive), self.unpacked("unzip", "-q", archive, "-d", "{}"))

    def test_tars(self):
        for name, options in TARS.items():
            for form in ("gnu", "pax", "ustar"):
                with self.subTest(f"{name} {form}"):
                    archive = self.folder / f"packed.{name}"
                    self.call("tar", f"--format={form}", *options, "-cf", archive, "-C", self.source, ".")
                    self.assert_same(self.restored(archive), self.unpacked("bsdtar", "-xf", archive, "-C", "{}"))
            archive = self.folder / f"bsd.{name}"
            self.call("bsdtar", "-cf", archive, "-a", "-C", self.source, "bin", "rec", "empty")
            self.assert_same(self.restored(archive), self.unpacked("bsdtar", "-xf", archive, "-C", "{}"))

    def test_the_next_tar_is_a_plan_like_any_other(self):
        archive = self.folder / "night.tar.gz"
        target = self.folder / "live"
        target.mkdir()
        self.call("tar", "-czf", archive, "-C", self.source, ".")
        self.assertEqual(self.run_tool("--target", target, archive).status, 0)
        (self.source / "empty").write_text("no more")
        (self.source / "bin/run it").unlink()
        self.call("tar", "-czf", archive, "-C", self.source, ".")
        done = self.run_tool("--json", "--target", target, archive)
        self.assertEqual((done.status, done.result["acts"]), (0, 2), done)
        self.assertEqual(facts_of(target), facts_of(self.source))

    def test_links_in_zips_and_tars(self):
        """Property inside: one that leads out is refused, whatever was said. (What becomes of links: test_restore_links.)"""
        for link, target in (("bin/again", "run it"), ("rec/up", "../bin/run it"), ("en", "rec")):
            (self.source / link).symlink_to(target)
        zipped, tarred = self.folder / "links.zip", self.folder / "links.tar.gz"
        self.call("zip", "-qry", zipped, "bin", "rec", "en", cwd=self.source)
        self.call("tar", "-czf", tarred, "-C", self.source, ".")
        for archive in (zipped, tarred):
            refused = self.run_tool("--verify", archive)
            self.assertEqual(refused.status, 7, refused)
            self.assertIn("rule entry-type", refused.stderr)
            live = self.folder / f"live{archive.suffix}"
            live.mkdir()
            done = self.run_tool("--target", live, "--take-over", "--symlinks", "inside", archive)
            self.assertEqual(done.status, 0, done)
            self.assertEqual([os.readlink(live / name) for name in ("bin/again", "rec/up", "en")], ["run it", "../bin/run it", "rec"])
        for bad in ("/etc/passwd", "../../etc", "rec/../../x"):
            (self.source / "en").unlink()
            (self.source / "en").symlink_to(bad)
            self.call("tar", "-czf", tarred, "-C", self.source, ".")
            self.call("zip", "-qry", zipped, "-FS", "bin", "rec", "en", cwd=self.source)
            for archive in (zipped, tarred):
                refused = self.run_tool("--verify", "--symlinks", "inside", archive)
                self.assertEqual(refused.status, 7, refused)
                self.assertIn("rule link", refused.stderr)

    def test_a_sparse_file_in_a_tar(self):
        sparse = self.source / "sparse"
        with open(sparse, "wb") as out:
            out.seek(5_000_000)
            out.write(b"end")
        for form in ("gnu", "pax"):
            archive = self.folder / "sparse.tar"
            self.call("tar", f"--format={form}", "-S", "-cf", archive, "-C", self.source, "sparse")
            self.assert_same(self.restored(archive), self.unpacked("tar", "-xf", archive, "-C", "{}"))

    def password_file(self, word):
        path = self.folder / "password"
        path.write_text(word + "\n")
        path.chmod(0o600)
        return path

    def encrypted(self):
        for name, command in {"ZipCrypto": ["7z", "a", "-bso0", "-bsp0", "-tzip", "-mem=ZipCrypto", f"-p{PASSWORD}", "{}", "."],
                              "AES-256": ["7z", "a", "-bso0", "-bsp0", "-tzip", "-mem=AES256", f"-p{PASSWORD}", "{}", "."],
                              "AES-128": ["7z", "a", "-bso0", "-bsp0", "-tzip", "-mem=AES128", f"-p{PASSWORD}", "{}", "."],
                              "Info-ZIP": ["zip", "-qr", "-P", PASSWORD, "{}", "."]}.items():
            archive = self.folder / f"{name}.zip"
            self.call(*[word.replace("{}", str(archive)) for word in command],
                      cwd=self.in_ascii() if name == "Info-ZIP" else self.source)
            yield name, archive

    def test_encrypted_zips(self):
        right, wrong = self.password_file(PASSWORD), self.folder / "wrong"
        wrong.write_text("battery staple\n")
        wrong.chmod(0o600)
        for name, archive in self.encrypted():
            with self.subTest(name):
                self.assert_same(self.restored(archive, "--password-file", right),
                                 self.unpacked("7z", "x", "-bso0", "-bsp0", f"-p{PASSWORD}", "-o{}", archive))
                without = self.run_tool("--verify", archive)
                self.assertEqual(without.status, 7, without)
                self.assertIn("breaks the rule encrypted: it is encrypted; say --password-file", without.stderr)
                refused = self.run_tool("--verify", "--password-file", wrong, archive)
                self.assertEqual(refused.status, 7, refused)
                self.assertRegex(refused.stderr, "rule (password|data|crc|size)")
                self.assertNotIn("battery", refused.stderr)

    def test_a_password_is_no_way_round_the_rules(self):
        archive = self.folder / "up.zip"
        self.call("7z", "a", "-bso0", "-bsp0", "-tzip", f"-p{PASSWORD}", archive, "bin", cwd=self.source)
        raw = bytearray(archive.read_bytes())
        self.assertEqual(raw.count(b"bin/run it"), 2)
        archive.write_bytes(raw.replace(b"bin/run it", b"../run  it"))
        done = self.run_tool("--verify", "--password-file", self.password_file(PASSWORD), archive)
        self.assertEqual(done.status, 7, done)
        self.assertIn("rule name-dotdot", done.stderr)

    def test_a_password_file_that_others_may_read_is_refused(self):
        path = self.password_file(PASSWORD)
        path.chmod(0o644)
        archive = self.folder / "plain.zip"
        ARCHIVERS["info_zip"](self.source, archive)
        self.assertEqual(self.run_tool("--verify", "--password-file", path, archive).status, 2)

    def test_more_entries_than_a_plain_zip_can_count(self):
        archive = self.folder / "many.zip"
        with zipfile.ZipFile(archive, "w") as zipped:
            for number in range(66_000):
                zipped.writestr(f"{number % 100}/{number}", b"x")
        done = self.run_tool("--json", "--verify", archive)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(done.result["files"], 66_000)

    def test_a_file_of_more_than_4_gib(self):
        """Stored, and the archive is a sparse file: holes cost nothing."""
        size = (4 << 30) + 12_345
        crc, chunk = 0, bytes(64 << 20)
        for done in range(0, size, len(chunk)):
            crc = zlib.crc32(chunk[:min(len(chunk), size - done)], crc)
        record = struct.pack("<HHQQ", 1, 16, size, size)
        entry = Entry(name=b"big", data=b"", crc=crc, size=size, compressed=size, extra=record, local_extra=record)
        small = Archive([entry]).write()
        data_at = 30 + len(b"big") + len(record)
        archive = self.folder / "big.zip"
        with open(archive, "wb") as out:
            out.write(small[:data_at])
            out.seek(size, os.SEEK_CUR)
            central = small[data_at:-22]
            start = out.tell()
            out.write(central)
            out.write(b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(central), start))
            out.write(b"PK\6\7" + struct.pack("<IQI", 0, start + len(central), 1))
            out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), 0xFFFFFFFF, 0))
        done = self.run_tool("--json", "--verify", archive)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(done.result["bytes"], size)

    def test_names_beyond_ascii_that_are_not_marked_are_refused(self):
        archive = self.folder / "names.zip"
        archive.write_bytes(Archive([Entry(name="é".encode(), flags=UTF8)]).write())
        self.assertEqual(self.run_tool("--verify", archive).status, 0)
        archive.write_bytes(Archive([Entry(name="é".encode())]).write())
        self.assertEqual(self.run_tool("--verify", archive).status, 7)


if __name__ == "__main__":
    unittest.main()
