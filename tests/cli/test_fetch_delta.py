"""fo-fetch takes from the backup that is here what did not change, and proves the result: effect, good-stays-good."""

import io
import json
import os
import random
import unittest
import zipfile
import zlib

from support import archivers, tool
from support.backups import set_age, sha256, stored
from support.fetching import FetchCase
from support.server import wait_until


ANY_AGE = ("--max-age", "30000d")


def entries(path):
    """Name, time and content of every entry, read by somebody else."""
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, info.date_time, archive.read(info)) for info in archive.infolist()]


class DeltaCase(FetchCase):
    def clear(self):
        for folder in (self.out, self.store):
            for path in folder.iterdir() if folder.exists() else ():
                path.unlink()

    def put(self, data, age=3600.0, name="PBX.zip"):
        path = self.store / name
        path.write_bytes(data)
        set_age(path, age)
        return path

    def nights(self, archive, next_archive=None, **changes):
        """The first night is here, the second one in the store."""
        first, second = archivers.two_nights(self.folder, archive, next_archive, **changes)
        self.put(first, 90_000)
        old = self.fetched("PBX.zip", *ANY_AGE, "--delta", "off")
        self.assertEqual(self.sidecar(old)["copied_bytes"], 0)
        self.put(second)
        return old

    def next_night(self, *options, status=0):
        """The result of the second night's fetch, whose bytes must be the store's; self.notes is what it said under way."""
        run = self.fetch("PBX.zip", "--json", "-v", *ANY_AGE, *options)
        self.notes = run.stderr
        self.assertEqual(run.status, status, run)
        result = run.result
        if result["match"] != "every entry verified":
            self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))
        return result


class Archives(DeltaCase):
    def check_maker(self, archive, *, digest):
        self.clear()
        self.nights(archive)
        if digest:
            (self.store / "PBX.zip.sha256").write_text(sha256(self.store / "PBX.zip") + "\n", encoding="ascii")
        result = self.next_night()
        size = (self.store / "PBX.zip").stat().st_size
        self.assertGreater(result["copied_bytes"], 0.85 * size)
        self.assertLess(result["fetched_bytes"], 0.15 * size)
        self.assertEqual(result["match"], "byte-identical" if digest else "every entry verified")
        self.assertEqual(self.sidecar(result["path"])["match"], result["match"])
        self.assertEqual(entries(result["path"]), entries(self.store / "PBX.zip"))

    def test_every_maker(self):
        for name, archive in archivers.ARCHIVERS.items():
            for digest in (False, True):
                with self.subTest(name, digest=digest):
                    self.check_maker(archive, digest=digest)

    def test_the_access_time_in_the_local_header(self):
        """The trap: the central directories agree, the local headers do not."""
        self.nights(archivers.info_zip, archivers.info_zip_read_since)
        result = self.next_night()
        self.assertEqual(result["match"], "every entry verified")
        self.assertNotEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"), "the test shows nothing")
        # With a digest of the whole the headers are fetched, and nothing more.
        self.clear()
        self.nights(archivers.info_zip, archivers.info_zip_read_since)
        (self.store / "PBX.zip.sha256").write_text(sha256(self.store / "PBX.zip") + "\n", encoding="ascii")
        result = self.next_night()
        self.assertEqual(result["match"], "byte-identical")
        self.assertGreater(result["copied_bytes"], 0.8 * result["size"])
        self.assertIn(".zip", result["base"])

    def test_dates_that_changed_are_seen_in_the_central_directory(self):
        def touched(folder, target):
            for name in archivers.names_in(folder):
                os.utime(folder / name, (archivers.NIGHT + 5000, archivers.NIGHT + 5000))
            archivers.python(folder, target)
        self.nights(archivers.python, touched)
        result = self.next_night()
        self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))

    def test_what_was_put_together_is_unpacked_even_quickly(self):
        """effect: without a digest of the whole nothing else vouches for it."""
        self.nights(archivers.python)
        sidecar = self.sidecar(self.next_night("--quick")["path"])
        self.assertGreater(sidecar["copied_bytes"], 0)
        self.assertRegex(" ".join(sidecar["verified"]), "every CRC-32 of")
        self.clear()
        self.nights(archivers.python)
        (self.store / "PBX.zip.sha256").write_text(sha256(self.store / "PBX.zip") + "\n", encoding="ascii")
        self.assertRegex(" ".join(self.sidecar(self.next_night("--quick")["path"])["verified"]), "none unpacked")

    def test_what_does_not_pay_is_fetched_whole(self):
        for name, following in {"packed otherwise": lambda tree, target: archivers.info_zip(tree, target, "-1"),
                                "encrypted": lambda tree, target: archivers.info_zip(tree, target, "-P", "secret")}.items():
            with self.subTest(name):
                self.nights(lambda tree, target: archivers.info_zip(tree, target, "-9"), following, changed=45)
                run = self.fetch("PBX.zip", "--json", "-v", *ANY_AGE)
                self.assertEqual((run.result["copied_bytes"], run.result["match"]), (0, "as downloaded"), run)
                self.assertEqual(run.status, 3 if name == "encrypted" else 0, run)
                self.assertIn("fetching all of it", run.stderr)

    def test_delta_off(self):
        self.nights(archivers.python)
        result = self.next_night("--delta", "off")
        self.assertEqual((result["copied_bytes"], result["match"], result["base"]), (0, "as downloaded", ""))


class Bases(DeltaCase):
    def change_sidecar(self, backup, change):
        sidecar = self.sidecar(backup)
        change(sidecar)
        (self.out / f"{backup.name}.json").write_text(json.dumps(sidecar), encoding="utf-8")

    @staticmethod
    def flip_a_bit_of(backup):
        data = bytearray(backup.read_bytes())
        data[len(data) // 3] ^= 0x40
        backup.write_bytes(data)

    def test_good_stays_good_a_base_that_rotted_is_not_used(self):
        """By the sidecar's CRC-64, and by the SHA-256 where an older version wrote the sidecar."""
        for older in (False, True):
            with self.subTest(older=older):
                self.clear()
                old = self.nights(archivers.python_stored)
                if older:
                    self.change_sidecar(old, lambda sidecar: sidecar.pop("crc64"))
                self.flip_a_bit_of(old)
                result = self.next_night(status=3)
                self.assertEqual((result["copied_bytes"], result["match"]), (0, "as downloaded"))
                self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))
                self.assertIn("no longer what was verified", result["warnings"][0])
                self.assertNotIn("what was put together", self.notes, "it must not even be put together")

    def test_a_base_of_an_older_version_is_taken_from(self):
        old = self.nights(archivers.python_stored)
        self.change_sidecar(old, lambda sidecar: sidecar.pop("crc64"))
        result = self.next_night()
        self.assertGreater(result["copied_bytes"], 0)
        self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))

    def test_a_base_whose_index_is_gone_is_passed_over(self):
        old = self.nights(archivers.python)
        old.write_bytes(b"\0" * old.stat().st_size)
        result = self.next_night()
        self.assertEqual(result["copied_bytes"], 0)

    def test_what_an_interrupted_delta_had_copied_is_not_in_a_whole_download(self):
        self.nights(archivers.python_stored)
        size = (self.store / "PBX.zip").stat().st_size
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", *ANY_AGE, "--connections", "1", "--limit-rate", "20KiB"))
        part = self.out / ".fo-fetch.part"
        wait_until(lambda: part.exists() and part.stat().st_blocks * 512 > 0.8 * size, "the copies")
        process.kill()
        tool.finish(process)
        result = self.next_night("--delta", "off")
        self.assertEqual((result["copied_bytes"], result["match"]), (0, "as downloaded"))

    def test_effect_an_entry_that_only_seems_the_same_is_found_by_its_crc(self):
        """The store's index says that an entry is as it was, its bytes say otherwise: nothing may be published."""
        old = self.nights(archivers.python_stored)
        # A backup that is consistent with its sidecar, but not with what its index says of one entry, which nobody unpacked.
        self.flip_a_bit_of(old)

        def consistent(sidecar):
            sidecar["sha256"] = sha256(old)
            sidecar["verified"] = ["archive: index and headers of 50 files, none unpacked"]
            del sidecar["crc64"]

        self.change_sidecar(old, consistent)
        result = self.next_night()
        self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))
        self.assertEqual(result["match"], "as downloaded")

    def test_a_store_that_is_damaged_is_refused_and_the_old_one_stays(self):
        old = self.nights(archivers.python_stored)
        data = bytearray((self.store / "PBX.zip").read_bytes())
        position = data.rindex(b"added 0.wav", 0, data.rindex(b"added 0.wav")) + 200
        data[position] ^= 1
        self.put(data)
        run = self.refused(7, "CRC", "PBX.zip", *ANY_AGE)
        self.assertEqual(stored(self.out), [old.name, old.name + ".json"], run)


class Grown(DeltaCase):
    """Database dumps that were appended to."""

    @staticmethod
    def dump(rows, extra=0):
        rand = random.Random(9)
        numbers = [*range(rows), *range(10**7, 10**7 + extra)]
        return "".join(f"{number}\t{rand.getrandbits(64):016x}\t2024-01-01\tcaller {rand.randrange(400)}\tanswered\n"
                       for number in numbers) + "\\.\n"

    def packed(self, archive, rows, extra):
        tree = self.folder / "dumps"
        tree.mkdir(exist_ok=True)
        (tree / "cdr.sql").write_text(self.dump(rows, extra), encoding="ascii")
        (tree / "other.txt").write_text("small\n", encoding="ascii")
        for path in tree.iterdir():
            os.utime(path, (archivers.NIGHT + extra, archivers.NIGHT + extra))
        archive(tree, self.folder / "grown.zip")
        return (self.folder / "grown.zip").read_bytes()

    def test_only_what_was_appended_is_fetched(self):
        for name in ("info_zip", "seven_zip", "libarchive", "streamed", "python_stored"):
            with self.subTest(name):
                archive = archivers.ARCHIVERS[name]
                self.put(self.packed(archive, 60_000, 0), 90_000)
                self.fetched("PBX.zip", *ANY_AGE)
                self.put(self.packed(archive, 60_000, 600))
                result = self.next_night()
                self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))
                # 7-Zip seeks matches over many blocks at a time; the others differ from the block of the first new row on. Up to
                # 64 KiB before come anew: what was the last block no longer says so.
                share = 0.6 if name == "seven_zip" else 0.12
                self.assertLess(result["fetched_bytes"], share * result["size"] + 64 * 1024, result)
                self.clear()

    def check_last_block(self, old, new, rows, more, changed):
        """What was the last block says so no longer: one bit between bytes that agree, where no probe looks."""
        differ = [at for at, (one, other) in enumerate(zip(old, new)) if one != other]
        self.assertIn(differ, ([changed], [changed, len(old) - 1]), "the block must be the same but for its first byte")
        for stream, content, age in ((old, rows, 90_000), (new, rows + more, 3600)):
            archivers.of_streams({"cdr.sql": (stream, content)}, self.folder / "grown.zip")
            self.put((self.folder / "grown.zip").read_bytes(), age)
            result = self.next_night()
        self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))
        self.assertGreater(result["copied_bytes"], 0.5 * result["size"])
        self.assertNotIn("cdr.sql does not go on as it began", self.notes)

    def test_a_stream_that_ended_with_a_whole_block_goes_on_behind_it(self):
        rows = self.dump(60_000).encode()
        begin, block, more = rows[:-20_000], rows[-20_000:], self.dump(60_000, 600).encode()[len(rows):]
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = deflate.compress(begin) + deflate.flush(zlib.Z_FULL_FLUSH)
        grown = deflate.copy()
        old = packed + deflate.compress(block) + deflate.flush(zlib.Z_FINISH)
        new = packed + grown.compress(block) + grown.flush(zlib.Z_SYNC_FLUSH) + grown.compress(more) + grown.flush(zlib.Z_FINISH)
        self.check_last_block(old, new, rows, more, len(packed))

    def test_a_last_block_may_be_longer_than_those_of_zlib(self):
        rows = self.dump(60_000).encode()
        begin, block, more = rows[:-150_000], rows[-150_000:], self.dump(60_000, 600).encode()[len(rows):]
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = deflate.compress(begin) + deflate.flush(zlib.Z_FULL_FLUSH)
        old = packed + archivers.fixed_blocks(block)
        new = packed + archivers.fixed_blocks(block, more)
        self.check_last_block(old, new, rows, more, len(packed))

    def put_one_that_only_begins_alike(self):
        """A dump that grew, with another row near the beginning, where no probe looks."""
        first = self.packed(archivers.python_stored, 60_000, 0)
        self.put(first, 90_000)
        self.fetched("PBX.zip", *ANY_AGE)
        text = bytearray(self.packed(archivers.python_stored, 60_000, 600))
        with zipfile.ZipFile(io.BytesIO(text)) as archive:
            rows = bytearray(archive.read("cdr.sql"))
        rows[100_003] ^= 3
        (self.folder / "dumps" / "cdr.sql").write_bytes(rows)
        archivers.python_stored(self.folder / "dumps", self.folder / "grown.zip")
        return self.put((self.folder / "grown.zip").read_bytes())

    def test_effect_one_that_only_begins_and_seems_to_go_on_alike_is_fetched_whole(self):
        self.put_one_that_only_begins_alike()
        result = self.next_night()
        self.assertEqual(sha256(result["path"]), sha256(self.store / "PBX.zip"))
        self.assertIn("cdr.sql does not go on as it began", self.notes)
        self.assertNotIn("what was put together", self.notes, "the one entry is enough")

    def test_effect_one_that_was_fetched_whole_is_unpacked_once_more(self):
        data = self.put_one_that_only_begins_alike()
        raw = bytearray(data.read_bytes())
        raw[500_000] ^= 1
        self.put(bytes(raw))
        self.refused(7, "cdr.sql.*CRC", "PBX.zip", *ANY_AGE)


if __name__ == "__main__":
    unittest.main()
