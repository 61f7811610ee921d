"""One suite for every kind of Source: what list, stat and read must do, whatever lies behind them. A new kind adds one class."""

import json
import os
import random
import subprocess
import unittest

from support import tool
from support.sshd import Sshd


class Driven:
    """A running driver of one source."""

    def __init__(self, test, arguments):
        self.process = subprocess.Popen([str(tool.path("conformance_source")), *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=tool.environment())
        test.addCleanup(self.close)

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def read_all(self, path, size, chunk):
        data = b""
        while True:
            part = bytes.fromhex(self.ask("read", path, len(data), chunk)["bytes"])
            if not part:
                return data
            data += part
            assert len(data) <= size, "more than there is"


class SourceSuite:
    """Subclasses give self.store (a folder that the source shows), location(path) and options()."""

    def source(self, path):
        return Driven(self, [self.location(path), *self.options()])

    def put(self, name, content=b"x", moment=1_700_000_000):
        (self.store / name).write_bytes(content)
        os.utime(self.store / name, (moment, moment))
        return self.store / name

    def names(self, path):
        return sorted(item["name"] for item in self.source(path).ask("list")["objects"])

    def test_a_folder_shows_its_regular_files(self):
        for name in ("a.zip", "b with blank.zip", "ä.zip", ".hidden", "list*[x]?.zip"):
            self.put(name)
        (self.store / "folder.zip").mkdir()
        (self.store / "link.zip").symlink_to("a.zip")
        (self.store / "dangling.zip").symlink_to("nowhere")
        self.assertEqual(self.names(""), sorted(["a.zip", "b with blank.zip", "ä.zip", "list*[x]?.zip", "link.zip"]))

    def test_wildcards_and_their_encoded_selves(self):
        for name in ("b1.zip", "b2.zip", "b*.zip", "c.zip"):
            self.put(name)
        self.assertEqual(self.names("b?.zip"), ["b*.zip", "b1.zip", "b2.zip"])
        self.assertEqual(self.names("b[12].zip"), ["b1.zip", "b2.zip"])
        self.assertEqual(self.names("b%2A.zip"), ["b*.zip"])
        self.assertEqual(self.names("none*"), [])

    def test_an_empty_folder_is_an_empty_list(self):
        self.assertEqual(self.names(""), [])

    def test_one_object_with_its_size_and_time(self):
        self.put("a.zip", b"12345", 1_700_000_123)
        source = self.source("a.zip")
        listed = source.ask("list")["objects"]
        self.assertEqual([(item["name"], item["size"], item["modified"]) for item in listed], [("a.zip", 5, 1_700_000_123)])
        self.assertEqual(source.ask("stat", listed[0]["path"]), listed[0])

    def test_what_is_not_there(self):
        self.assertEqual(self.source("none.zip").ask("list")["error"], "not_found")
        self.assertEqual(self.source("none/").ask("list")["error"], "not_found")
        self.put("a.zip")
        source = self.source("a.zip")
        path = source.ask("list")["objects"][0]["path"]
        self.assertEqual(source.ask("stat", path + ".sha256")["error"], "not_found")
        # An error like this one leaves the source usable.
        self.assertEqual(source.ask("stat", path)["size"], 1)

    def test_reading_in_any_order(self):
        content = random.Random(5).randbytes(300_000)
        self.put("a.zip", content)
        source = self.source("a.zip")
        path = source.ask("list")["objects"][0]["path"]
        self.assertEqual(source.read_all(path, len(content), 65_536), content)
        for offset, count in ((299_990, 100), (0, 10), (150_000, 1), (150_001, 5000), (7, 3)):
            part = bytes.fromhex(source.ask("read", path, offset, count)["bytes"])
            self.assertGreater(len(part), 0)
            self.assertEqual(part, content[offset:offset + count][:len(part)])
        self.assertEqual(source.ask("read", path, 300_000, 10)["bytes"], "")
        self.assertEqual(source.ask("read", path, 400_000, 10)["bytes"], "")
        self.assertEqual(source.read_all(path, len(content), 4_194_304), content)

    def test_two_objects_in_turn(self):
        contents = {name: random.Random(name).randbytes(100_000) for name in ("a.zip", "b.zip")}
        for name, content in contents.items():
            self.put(name, content)
        source = self.source("")
        paths = {item["name"]: item["path"] for item in source.ask("list")["objects"]}
        for offset in (0, 40_000, 20_000):
            for name, content in contents.items():
                part = bytes.fromhex(source.ask("read", paths[name], offset, 1000)["bytes"])
                self.assertEqual(part, content[offset:offset + 1000][:len(part)])

    def test_what_is_read_is_the_object_that_was_listed(self):
        self.put("a.zip", b"1" * 1000)
        source = self.source("a.zip")
        path = source.ask("list")["objects"][0]["path"]
        self.assertTrue(bytes.fromhex(source.ask("read", path, 0, 10)["bytes"]).startswith(b"1"))
        self.put("new", b"2" * 1000, 1_700_000_500).rename(self.store / "a.zip")
        # It was open: its own bytes may still come. Looked at again, only the new ones may.
        self.assertNotIn("32", source.ask("read", path, 10, 10).get("bytes", ""))
        source.ask("stat", path)
        self.assertTrue(bytes.fromhex(source.ask("read", path, 0, 10)["bytes"]).startswith(b"2"))
        # Replaced before it was opened: refused.
        source = self.source("a.zip")
        source.ask("list")
        self.put("new", b"3" * 1001, 1_700_000_900).rename(self.store / "a.zip")
        self.assertEqual(source.ask("read", path, 0, 10).get("error"), "conflict")

    def test_an_empty_object(self):
        self.put("a.zip", b"")
        source = self.source("a.zip")
        path = source.ask("list")["objects"][0]["path"]
        self.assertEqual(source.ask("read", path, 0, 10)["bytes"], "")


class FileSource(SourceSuite, unittest.TestCase):
    def setUp(self):
        self.store = tool.temporary_folder(self)

    def location(self, path):
        return f"file://{self.store}/{path}"

    def options(self):
        return []


class SftpSource(SourceSuite, unittest.TestCase):
    def setUp(self):
        self.sshd = Sshd()
        self.addCleanup(self.sshd.close)
        self.sshd.start()
        self.store = self.sshd.store

    def location(self, path):
        return self.sshd.url(path)

    def options(self):
        return [self.sshd.identity, self.sshd.known_hosts]


if __name__ == "__main__":
    unittest.main()
