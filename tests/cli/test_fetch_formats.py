"""fo-fetch of what is no plain zip: tars, packed or not, encrypted zips, archives with links; and that fo-restore takes them."""

import io
import os
import subprocess
import tarfile
import time
import unittest

from support import archivers, tool
from support.backups import set_age
from support.fetching import FetchCase

PASSWORD = "correct horse"
TARS = {"tar": [], "tar.gz": ["-z"], "tar.xz": ["-J"], "tar.zst": ["--zstd"]}


class FormatCase(FetchCase):
    def setUp(self):
        super().setUp()
        self.tree = self.store.parent / "tree"
        archivers.make_tree(self.tree, files=12, size=3000)

    def call(self, *command):
        subprocess.run([str(word) for word in command], cwd=self.tree, check=True, timeout=60)

    def tar(self, kind, age=60):
        archive = self.store / f"PBX.{kind}"
        self.call("tar", *TARS[kind], "-cf", archive, ".")
        set_age(archive, age)
        return archive

    def password(self, text=PASSWORD):
        path = self.store.parent / f"password-{text.split()[0]}"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def encrypted(self, method="AES256"):
        archive = self.store / "PBX.zip"
        self.call("7z", "a", "-bso0", "-bsp0", "-tzip", f"-mem={method}", f"-p{PASSWORD}", archive, ".")
        return archive

    def restored(self, backup, *options):
        target = tool.temporary_folder(self)
        done = tool.run("fo-restore", "--state-dir", self.store.parent / "standby", "--target", target, *options, backup)
        self.assertEqual(done.status, 0, done)
        return {name: (target / name).read_bytes() for name in archivers.names_in(target)}

    def original(self):
        return {name: (self.tree / name).read_bytes() for name in archivers.names_in(self.tree)}


class Tars(FormatCase):
    def setUp(self):
        super().setUp()
        now = time.time()
        for name in archivers.names_in(self.tree):
            os.utime(self.tree / name, (now - 300, now - 300))

    def test_each_is_brought_and_restored(self):
        for kind in TARS:
            with self.subTest(kind):
                archive = self.tar(kind)
                backup = self.fetched(archive.name)
                self.assertRegex(backup.name, rf"^PBX\.\d{{8}}T\d{{6}}Z-[0-9a-f]{{8}}\.{kind}$")
                self.assertEqual(backup.read_bytes(), archive.read_bytes())
                self.assertIn(f"archive: each of {len(self.original())} files unpacked", self.sidecar(backup)["verified"])
                self.assertEqual(self.restored(backup), self.original())
                again = self.fetch(archive.name, "--json")
                self.assertEqual((again.status, again.result["downloaded"]), (0, False), again)

    def test_one_that_is_cut_off_is_never_kept(self):
        """Where the end tells it is passed over before the download; of gzip and zstd only the content tells."""
        for kind in TARS:
            with self.subTest(kind):
                whole = self.tar(kind).read_bytes()
                (self.store / f"PBX.{kind}").unlink()
                good = self.tar("tar", age=3600)
                cut = self.store / f"newer.{kind}"
                cut.write_bytes(whole[:len(whole) // 2])
                set_age(cut, 60)
                if kind in ("tar", "tar.xz"):
                    self.assertEqual(self.fetched("*", "--max-age", "2h", status=3).read_bytes(), good.read_bytes())
                self.refused(7, "newer", cut.name)
                cut.unlink()

    def test_a_damaged_one_is_not_kept(self):
        for kind in ("tar.gz", "tar.xz", "tar.zst"):
            with self.subTest(kind):
                archive = self.tar(kind)
                raw = bytearray(archive.read_bytes())
                raw[len(raw) // 2] ^= 0x55
                archive.write_bytes(raw)
                self.refused(7, "is not a good archive and was not kept", archive.name)

    def test_its_age_is_that_of_its_content(self):
        old = time.time() - 40 * 3600
        for name in archivers.names_in(self.tree):
            os.utime(self.tree / name, (old, old))
        archive = self.tar("tar.gz")
        for _ in range(2):  # the second time it is here
            run = self.fetch(archive.name, "--json")
            self.assertEqual(run.status, 3, run)
            self.assertRegex(run.result["message"], r"PBX\.tar\.gz is .* old, more than the .* of --max-age")
        self.fetched(archive.name, "--max-age", "41h")

    def test_two_that_look_alike_from_outside_are_two(self):
        """Size, time and end agree: a tar ends with zeros, which tell nothing."""
        when = time.time_ns() - 300 * 10**9
        for name, content in (("one.tar", b"1"), ("two.tar", b"2")):
            with tarfile.open(self.store / name, "w") as archive:
                entry = tarfile.TarInfo("file")
                entry.size, entry.mtime = 1, when // 10**9
                archive.addfile(entry, io.BytesIO(content))
            with open(self.store / name, "ab") as archive:
                archive.write(bytes(70_000))
            os.utime(self.store / name, ns=(when, when))
        for name in ("one.tar", "two.tar"):
            self.assertEqual(self.fetched(name).read_bytes(), (self.store / name).read_bytes())

    def test_no_way_round_the_rules(self):
        with tarfile.open(self.store / "evil.tar.gz", "w:gz") as archive:
            archive.add(self.tree / archivers.names_in(self.tree)[0], "../up")
        self.refused(7, "name-dotdot", "evil.tar.gz")


class Links(FormatCase):
    def test_one_that_ends_inside_is_for_the_restore_to_judge(self):
        (self.tree / "link").symlink_to(archivers.names_in(self.tree)[0])
        archive = self.store / "PBX.zip"
        self.call("zip", "-qry", archive, ".")
        backup = self.fetched(archive.name, "--max-age", "7300d")
        refused = tool.run("fo-restore", "--state-dir", self.store.parent / "standby", "--target", tool.temporary_folder(self), backup)
        self.assertEqual(refused.status, 7, refused)
        self.assertEqual(self.restored(backup, "--symlinks", "inside"), self.original())

    def test_one_that_ends_outside_is_refused(self):
        (self.tree / "link").symlink_to("/etc/passwd")
        self.call("zip", "-qry", self.store / "PBX.zip", ".")
        self.refused(7, "rule link", "PBX.zip", "--max-age", "7300d")


class Encrypted(FormatCase):
    def test_with_its_password_every_file_is_looked_at(self):
        for method in ("ZipCrypto", "AES256"):
            with self.subTest(method):
                archive = self.encrypted(method)
                backup = self.fetched(archive.name, "--max-age", "7300d", "--archive-password-file", self.password())
                self.assertIn(f"archive: each of {len(self.original())} files unpacked", self.sidecar(backup)["verified"])
                self.assertEqual(self.restored(backup, "--password-file", self.password()), self.original())
                archive.unlink()

    def test_a_wrong_password_or_damage_and_nothing_is_kept(self):
        archive = self.encrypted()
        self.refused(7, "is not a good archive", archive.name, "--archive-password-file", self.password("battery staple"))
        raw = bytearray(archive.read_bytes())
        raw[len(raw) // 2] ^= 0x55
        archive.write_bytes(raw)
        self.refused(7, "is not a good archive", archive.name, "--archive-password-file", self.password())

    def test_without_it_that_is_said_every_time_until_there_is_one(self):
        archive = self.encrypted()
        for _ in range(2):
            backup = self.fetched(archive.name, "--max-age", "7300d", status=3)
            self.assertIn("--archive-password-file", self.sidecar(backup)["warnings"][0])
            self.assertIn(f"archive: index and headers of {len(self.original())} files, encrypted", self.sidecar(backup)["verified"])
        self.assertEqual(self.fetch(archive.name, "--archive-password-file", self.password("battery staple")).status, 7)
        self.assertTrue(backup.exists())
        self.fetched(archive.name, "--max-age", "7300d", "--archive-password-file", self.password())
        self.assertEqual(self.sidecar(backup)["warnings"], [])
        self.fetched(archive.name, "--max-age", "7300d")

    def test_a_digest_of_the_whole_is_enough(self):
        archive = self.encrypted()
        self.call("sh", "-c", f"cd {self.store} && sha256sum PBX.zip > PBX.zip.sha256")
        for _ in range(2):
            self.fetched(archive.name, "--max-age", "7300d")

    def test_a_password_file_that_others_may_read_is_refused(self):
        self.encrypted()
        path = self.password()
        path.chmod(0o644)
        self.assertEqual(self.fetch("PBX.zip", "--archive-password-file", path).status, 2)


if __name__ == "__main__":
    unittest.main()
