"""One suite for every kind of Source: what list, stat, read, read_ranges and another must do, whatever lies behind them.

A new kind adds a file test_source_KIND.py with one class: SourceSuite for this, FetchFaults (source_faults.py) for what fo-fetch
makes of it when things break.
"""

import os
import random

from conformance.source_driver import Driven

AWKWARD = ("b with blank.zip", "ä ö ü ß.zip", "hash#query?percent%41.zip", "plus+and&equals=.zip", "quote'\".zip", "list*[x]?.zip")
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
SPARSE_SIZE = 5 * 1024**3


def encoded(name):
    """A name as it stands in a location."""
    return "".join(letter if letter in PLAIN else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in name)


class SourceSuite:
    """Subclasses give location(path), options(), forbidden() and wrong_credentials(). put() and its like write into self.store
    unless they are overridden. What a store cannot do is said by a flag, so that it is seen."""

    lists = True  # names() of a folder and wildcards
    folders = True  # a folder that is not there is an error, not an empty list
    keeps_times = True  # put() chooses the modification time
    sparse = True  # put_sparse() makes 5 GB out of nothing
    odd_files = True  # folders, links and hidden files can be put, too
    first_byte = True  # a request for the first byte alone brings that and no more
    awkward = AWKWARD  # names that the store can have
    wrapper = ()  # goes before the driver

    def location(self, path):
        """The location of an encoded path in the store; "" is the store as a folder."""
        raise NotImplementedError

    def options(self):
        """fo-fetch's options by name, without the dashes."""
        return {}

    def forbidden(self):
        """A driver, for an a.zip that is there and may not be read."""
        raise NotImplementedError

    def wrong_credentials(self):
        """Pairs of a word and of options that must not be let in; none where nobody asks for any."""
        raise NotImplementedError

    def put(self, name, content=b"x", moment=1_700_000_000):
        """Stores an object, or replaces it: its old bytes and the new ones are never mixed."""
        new = self.store.parent / "new"
        new.write_bytes(content)
        os.utime(new, (moment, moment))
        new.chmod(0o644)
        new.rename(self.store / name)

    def put_sparse(self, name, size, tail):
        with open(self.store / name, "wb") as file:
            file.seek(size - len(tail))
            file.write(tail)

    def source(self, path, wrapper=None):
        return Driven(self, self.location(path), self.options(), wrapper or self.wrapper)

    def names(self, path):
        answer = self.source(path).list()
        self.assertIn("objects", answer)
        return sorted(item["name"] for item in answer["objects"])

    def one(self, path="a.zip"):
        """A driver and the path of the one object that it is for."""
        source = self.source(path)
        return source, source.only()["path"]

    def test_a_folder_shows_its_regular_files(self):
        if not self.lists:
            self.assertEqual(self.source("").list()["error"], "usage")
            return
        for name in ("a.zip", *self.awkward):
            self.put(name)
        expected = ["a.zip", *self.awkward]
        if self.odd_files:
            self.put(".hidden")
            (self.store / "folder.zip").mkdir()
            (self.store / "link.zip").symlink_to("a.zip")
            (self.store / "dangling.zip").symlink_to("nowhere")
            expected.append("link.zip")
        self.assertEqual(self.names(""), sorted(expected))

    def test_wildcards_and_their_encoded_selves(self):
        if not self.lists:
            self.assertEqual(self.source("b*.zip").list()["error"], "usage")
            return
        names = ["b1.zip", "b2.zip", "c.zip"] + (["b*.zip"] if "list*[x]?.zip" in self.awkward else [])
        for name in names:
            self.put(name)
        self.assertEqual(self.names("b?.zip"), sorted(name for name in names if name != "c.zip"))
        self.assertEqual(self.names("b[12].zip"), ["b1.zip", "b2.zip"])
        self.assertEqual(self.names("none*"), [])
        if "b*.zip" in names:
            self.assertEqual(self.names("b%2A.zip"), ["b*.zip"])

    def test_an_empty_folder_is_an_empty_list(self):
        if self.lists:
            self.assertEqual(self.names(""), [])

    def test_names_with_special_characters(self):
        for number, name in enumerate(self.awkward):
            with self.subTest(name):
                content = random.Random(number).randbytes(1000)
                self.put(name, content)
                source, path = self.one(encoded(name))
                found = source.stat(path)
                self.assertEqual((found.get("name"), found.get("size")), (name, 1000), found)
                self.assertEqual(source.read_all(path, 1000, 4096), content)

    def test_one_object_with_its_size_and_time(self):
        self.put("a.zip", b"12345", 1_700_000_123)
        source, path = self.one()
        found = source.stat(path)
        self.assertEqual((found["name"], found["size"]), ("a.zip", 5))
        if self.keeps_times:
            self.assertEqual(found["modified"], 1_700_000_123)
        if self.lists:
            self.assertEqual(self.source("*.zip").list()["objects"], [found])

    def test_what_is_not_there(self):
        self.assertEqual(self.source("none.zip").list()["error"], "not_found")
        if self.folders and self.lists:
            self.assertEqual(self.source("none/").list()["error"], "not_found")
        self.put("a.zip")
        source, path = self.one()
        self.assertEqual(source.stat(path + ".sha256")["error"], "not_found")
        # An error like this one leaves the source usable.
        self.assertEqual(source.stat(path)["size"], 1)

    def test_what_may_not_be_read(self):
        self.put("a.zip", b"secret")
        source = self.forbidden()
        answer = source.list()
        if "objects" in answer:
            answer = source.read(answer["objects"][0]["path"], 0, 100)
        self.assertEqual(answer["error"], "permission", answer)

    def test_who_is_not_let_in(self):
        self.put("a.zip", b"secret")
        for word, options in self.wrong_credentials():
            with self.subTest(word):
                answer = Driven(self, self.location("a.zip"), options, self.wrapper).list()
                self.assertIn(answer.get("error"), ("permission", "refused"), answer)

    def test_reading_in_any_order(self):
        content = random.Random(5).randbytes(300_000)
        self.put("a.zip", content)
        source, path = self.one()
        self.assertEqual(source.read_all(path, len(content), 65_536), content)
        for offset, count in ((299_990, 100), (0, 10), (150_000, 1), (150_001, 5000), (7, 3)):
            part = source.read(path, offset, count)
            self.assertGreater(len(part), 0)
            self.assertEqual(part, content[offset:offset + count][:len(part)])
        self.assertEqual(source.read(path, 300_000, 10), b"")
        self.assertEqual(source.read(path, 400_000, 10), b"")
        self.assertEqual(source.read_all(path, len(content), 4_194_304), content)

    def test_many_ranges_at_once(self):
        content = random.Random(6).randbytes(3_000_000)
        self.put("a.zip", content)
        source, path = self.one()
        sets = [[(0, 1 if self.first_byte else 2)], [(2_999_999, 1)], [(0, 3_000_000)], [(10, 0), (10, 5)], [],
                [(begin, 700) for begin in range(0, 2_990_000, 30_000)], [(0, 1_500_000), (1_500_000, 1_500_000)]]
        for pairs in sets:
            expected = b"".join(content[begin:begin + length] for begin, length in pairs)
            self.assertEqual(source.ranges(path, pairs), expected, pairs[:3])
        # Beyond the end: an error, and the source is as good as before.
        self.assertEqual(source.ranges(path, [(2_999_000, 2000)])["error"], "conflict")
        self.assertEqual(source.ranges(path, [(5, 5)]), content[5:10])
        self.assertEqual(source.read(path, 5, 5)[:1], content[5:6])

    def test_several_connections_at_the_same_time(self):
        content = random.Random(7).randbytes(3_000_001)
        self.put("a.zip", content)
        source, path = self.one()
        for connections in (1, 4):
            self.assertEqual(source.parallel(path, connections), content)
        # The one that they were made of still works.
        self.assertEqual(source.ranges(path, [(100, 50)]), content[100:150])

    def test_two_objects_in_turn(self):
        contents = {name: random.Random(name).randbytes(100_000) for name in ("a.zip", "b.zip")}
        for name, content in contents.items():
            self.put(name, content)
        sources = {}
        if self.lists:
            source = self.source("")
            sources = {item["name"]: (source, item["path"]) for item in source.list()["objects"]}
        else:
            sources = {name: self.one(name) for name in contents}
        for offset in (0, 40_000, 20_000):
            for name, content in contents.items():
                source, path = sources[name]
                part = source.read(path, offset, 1000)
                self.assertEqual(part, content[offset:offset + 1000][:len(part)])

    def test_what_is_read_is_the_object_that_was_listed(self):
        self.put("a.zip", b"1" * 1000)
        source, path = self.one()
        self.assertTrue(source.read(path, 0, 10).startswith(b"1"))
        self.put("a.zip", b"2" * 1000, 1_700_000_500)
        # It was open: its own bytes may still come, or the news; never the new ones.
        answer = source.read(path, 10, 10)
        self.assertTrue(answer == b"1" * 10 or answer.get("error") == "conflict", answer)
        source.stat(path)
        self.assertTrue(source.read(path, 0, 10).startswith(b"2"))
        # Replaced before it was opened: refused, one way or the other.
        for ask in (lambda source: source.read(path, 0, 10), lambda source: source.ranges(path, [(0, 10)]),
                    lambda source: source.parallel(path, 2)):
            source = self.source("a.zip")
            source.only()
            self.put("a.zip", b"3" * 1001, 1_700_000_900)
            self.assertEqual(ask(source).get("error"), "conflict")
            self.put("a.zip", b"2" * 1000, 1_700_000_500)

    def test_an_empty_object(self):
        self.put("a.zip", b"")
        source, path = self.one()
        self.assertEqual(source.stat(path)["size"], 0)
        self.assertEqual(source.read(path, 0, 10), b"")
        self.assertEqual(source.ranges(path, []), b"")

    def test_the_end_of_five_gigabytes(self):
        if not self.sparse:
            return
        tail = random.Random(8).randbytes(5000)
        self.put_sparse("a.zip", SPARSE_SIZE, tail)
        source, path = self.one()
        self.assertEqual(source.stat(path)["size"], SPARSE_SIZE)
        self.assertEqual(source.read_all(path, 5000, 4096, SPARSE_SIZE - 5000), tail)
        self.assertEqual(source.ranges(path, [(4 * 1024**3 - 2, 4), (SPARSE_SIZE - 5000, 5000)]), b"\0" * 4 + tail)
