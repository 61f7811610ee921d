"""Which archives fo-restore takes and which it refuses: property inside, and the strict profile rule by rule."""

import csv
import re
import subprocess
import unittest
import zipfile

from support import evil_tar, evil_zip, evil_zip_sides, tool

RULE = re.compile(r"breaks the rule ([a-z0-9-]+)")
# For the tool and for each of its workers; what it cannot have it would stumble over.
LITTLE_MEMORY = ["prlimit", f"--data={64 << 20}"]
# Of the corpus archives on which other readers differ, those that we take, and why.
TAKEN = {
    "libzip/utf-8-standardization-output.zip": "unzip only warns, because it cannot print the name; the trees are equal",
}


def tree_of(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*")
            if path.is_file() and ".failover" not in path.parts}


class Archives(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.count = 0

    def restore(self, archive, *options, **more):
        """Into an empty target of its own. (what the tool said, the target)"""
        self.count += 1
        target = self.folder / f"target{self.count}"
        target.mkdir()
        state = self.folder / f"state{self.count}"
        return tool.run("fo-restore", "--state-dir", state, *options, "--target", target, archive, **more), target

    def written(self, content):
        path = self.folder / "archive.zip"
        path.write_bytes(content)
        return path

    def test_every_rule_refuses_and_leaves_nothing(self):
        """Each by its own rule, soon, with little memory, and nothing is left: not beside the target either (property inside)."""
        canary = self.folder / "canary"
        canary.write_text("alive")
        seen = set()
        for name, rule, content, options in (*evil_zip_sides.cases(), *evil_tar.cases()):
            with self.subTest(name):
                done, target = self.restore(self.written(content), *options, wrapper=LITTLE_MEMORY)
                self.assertEqual(done.status, 7, done)
                self.assertRegex(done.stderr, RULE)
                self.assertEqual(RULE.search(done.stderr).group(1), rule, done)
                self.assertEqual(list(target.iterdir()), [])
                self.assertNotIn("\x1b", done.stderr)
                self.assertLess(done.seconds, 20)
                seen.add(rule)
        new = {path.name for path in self.folder.iterdir() if not re.fullmatch(r"(target|state)\d+", path.name)}
        self.assertEqual(new, {"canary", "archive.zip"})
        self.assertEqual(canary.read_text(), "alive")
        source = (tool.SOURCE_DIR / "lib/archive/archive_rule.cpp").read_text()
        table = source[source.index("names{"):source.index("};")]
        named = set(re.findall(r'"([a-z0-9-]+)"', table))
        # case-duplicate needs a target that folds case, link an option: tests/unit/archive. password: test_restore_formats.
        self.assertEqual(named - seen, {"case-duplicate", "link", "password"})

    def test_there_are_enough_of_them(self):
        self.assertGreaterEqual(len(list(evil_zip_sides.cases())), 200)

    def test_unusual_but_unambiguous_archives_are_taken(self):
        for name, content, files in (*evil_zip.good_cases(), *evil_tar.good_cases()):
            with self.subTest(name):
                done, target = self.restore(self.written(content))
                self.assertEqual(done.status, 0, done)
                self.assertEqual(tree_of(target), files)

    def test_what_real_writers_make_is_taken(self):
        source = self.folder / "source"
        (source / "a/b").mkdir(parents=True)
        (source / "a/b/text").write_text("hello\n" * 1000)
        (source / "a/empty").write_bytes(b"")
        (source / "random").write_bytes(bytes(range(256)) * 500)
        expected = tree_of(source)
        made = {
            "zip": ["zip", "-qr", "{}", "."], "zip-stored": ["zip", "-qr0", "{}", "."],
            "zip64": ["zip", "-qr", "-fz", "{}", "."], "streamed": ["sh", "-c", "zip -qr - . | cat > {}"],
        }
        for name, command in made.items():
            with self.subTest(name):
                archive = self.folder / f"{name}.zip"
                subprocess.run([part.replace("{}", str(archive)) for part in command], cwd=source, check=True)
                done, target = self.restore(archive)
                self.assertEqual(done.status, 0, done)
                self.assertEqual(tree_of(target), expected)

    def test_python_zip64_and_streams(self):
        archive = self.folder / "python.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            with zipped.open("large", "w", force_zip64=True) as entry:
                entry.write(b"x" * 100_000)
            zipped.writestr("small", b"y")
        done, target = self.restore(archive)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(tree_of(target), {"large": b"x" * 100_000, "small": b"y"})

    def test_damage_anywhere_is_noticed_or_harmless(self):
        content = {"a": b"hello hello hello hello\n" * 20, "b": bytes(range(200))}
        archive = self.folder / "whole.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, data in content.items():
                zipped.writestr(name, data)
        whole = archive.read_bytes()
        refused = 0
        for place in range(0, len(whole), 5):
            damaged = bytearray(whole)
            damaged[place] ^= 0x20
            done, target = self.restore(self.written(bytes(damaged)))
            if done.status == 7:
                refused += 1
                continue
            # Versions, times, effort bits: what no reader's tree depends on.
            self.assertEqual(done.status, 0, done)
            with zipfile.ZipFile(self.folder / "archive.zip") as zipped:
                self.assertEqual(tree_of(target), {name: zipped.read(name) for name in zipped.namelist()}, place)
        self.assertGreater(refused, len(whole) // 5 // 2)

    def test_corpora(self):
        """Archives of others' test suites against what unzip, bsdtar, 7z and python make of them."""
        corpus = tool.corpus(self, "zip")
        with open(corpus / "ORACLE.tsv", encoding="utf-8") as table:
            rows = list(csv.reader(table, delimiter="\t"))[1:]
        self.assertGreater(len(rows), 100)
        taken = 0
        for name, verdict in (row[:2] for row in rows):
            with self.subTest(name):
                done, target = self.restore(corpus / name)
                if done.status != 0:
                    self.assertEqual(done.status, 7, done)
                    self.assertRegex(done.stderr, RULE)
                    self.assertEqual(list(target.iterdir()), [])
                    continue
                taken += 1
                self.assertTrue(verdict == "all_accept_same" or name in TAKEN, f"{name}: {verdict}")
                with zipfile.ZipFile(corpus / name) as zipped:
                    self.assertEqual(tree_of(target), {entry.filename: zipped.read(entry) for entry in zipped.infolist()
                                                       if not entry.is_dir()})
        self.assertGreater(taken, 30)


if __name__ == "__main__":
    unittest.main()
