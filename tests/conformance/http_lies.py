"""What a store that speaks HTTP may answer instead of the truth. The same rows for every kind of source that reads by ranges."""

import re

from conformance.source_driver import Driven
from conformance.source_faults import Fault
from support.scripted_http import ScriptedHttp, answer

PAGE = b"<!DOCTYPE html><html><body>Please log in.</body></html>" * 50


class HttpLies:
    """Goes before FetchFaults, in place of its table. Subclasses give start_store(), which sets self.server, a ScriptedHttp whose
    script is self.tell, honest(request), the bytes of the true answer, and is_data(request): it asks for the object's bytes."""

    lie = None  # called with request, connection and the true answer

    def of_the_object(self):
        return []

    def of_the_line(self):
        return []

    def test_a_break_is_mended_in_the_same_run(self):
        """Proven with the real server."""

    def test_an_object_that_is_replaced_half_way_is_never_mixed(self):
        """Proven with the real server."""

    def is_data(self, request):
        raise NotImplementedError

    def honest(self, request):
        raise NotImplementedError

    def tell(self, request, connection):
        truth = self.honest(request)
        return self.lie(request, connection, truth) if self.lie else truth

    def row(self, name, status, words, lie, data_only=True, **more):
        def begin():
            self.lie = lambda request, connection, truth: truth if data_only and not self.is_data(request) else lie(request, connection, truth)

        def end():
            self.lie = None
        return Fault(name, status, words, begin, end, **more)

    def faults(self):
        self.elsewhere = ScriptedHttp(self, lambda *_: answer(200, PAGE), address="127.0.0.2")
        rows = [self.row(f"status {status}", exit_status, f"{status}", lambda *_, s=status: answer(s, b"{}"), data_only=False)
                for status, exit_status in ((401, 1), (403, 1), (404, 5), (429, 6), (500, 6), (502, 6), (503, 6), (504, 6), (418, 1))]
        rows += [self.row(f"{status} for the bytes only", 6, f"{status}", lambda *_, s=status: answer(s, PAGE)) for status in (429, 500, 503)]
        rows += [
            self.row("redirect elsewhere", self.redirect_status, "127.0.0.2|redirect|30", data_only=False,
                     lie=lambda *_: answer(302, b"", f"Location: {self.elsewhere.url}/x?key=hidden")),
            self.row("a page with status 200", 1, "web page|whole object|part|which object", lambda *_: answer(200, PAGE, "Content-Type: text/html")),
            self.row("an endless body", 1, "longer|more than", endless),
            self.row("more than announced", 1, "announces", lambda _r, _c, truth: resized(truth, 100)),
            self.row("less than announced", 1, "announces", lambda _r, _c, truth: resized(truth, -100)),
            self.row("closed half way", 6, "broke", closed),
            self.row("a part without its place", 1, "which part", lambda _r, _c, truth: without(truth, b"Content-Range")),
            self.row("another part", 1, "another part|part of the answer|parts of the answer", lambda _r, _c, truth: shifted(truth)),
            self.row("the whole instead of a part", 1, "whole object|announces|size", lambda _r, _c, truth: truth.replace(b" 206 ", b" 200 ")),
            self.row("another size", 7, "still being written", lambda _r, _c, truth: re.sub(rb"(bytes \d+-\d+/)\d+", rb"\g<1>999999999", truth)),
        ]
        return rows

    def test_a_body_of_another_length_than_its_place_says(self):
        """Without a length announced, only who counts sees it. By each of the two ways bytes are read: one alone must see it too."""
        content = self.put_backup("PBX-1.zip")
        for way in ("read", "ranges"):
            for by, words in ((-1, "shorter than it says"), (1, "longer than it says")):
                source = Driven(self, self.location("PBX-1.zip"), self.options())
                path = source.only()["path"]
                self.lie = lambda request, _, truth, by=by: chunked(resized(truth, by)) if self.is_data(request) else truth
                got = read_on(source, path, len(content)) if way == "read" else source.ranges(path, [(0, len(content))])
                self.assertRegex(got["message"], words, (way, by))
                self.lie = None

    redirect_status = 4

    def tearDown(self):
        # Whoever was named by a redirection was never asked, let alone shown a credential.
        if hasattr(self, "elsewhere"):
            self.assertEqual(self.elsewhere.connections, 0)
        super().tearDown()


def head_and_body(truth):
    head, _, body = truth.partition(b"\r\n\r\n")
    return head, body


def without(truth, field):
    head, body = head_and_body(truth)
    return b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(field)) + b"\r\n\r\n" + body


def resized(truth, by):
    """A body of another length, announced as what it is."""
    head, body = head_and_body(truth)
    body = body + b"x" * by if by > 0 else body[:by]
    return re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head) + b"\r\n\r\n" + body


def read_on(source, path, size):
    """The answer to the last read: of what was wrong, or of no bytes beyond the end."""
    offset = 0
    while isinstance(part := source.read(path, offset, size), bytes) and part:
        offset += len(part)
    return part


def chunked(truth):
    """The same body without its length announced."""
    head, body = head_and_body(truth)
    return re.sub(rb"Content-Length: \d+", b"Transfer-Encoding: chunked", head) + b"\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


def shifted(truth):
    return re.sub(rb"bytes (\d+)-(\d+)/", lambda place: b"bytes %d-%d/" % (int(place[1]) + 1, int(place[2]) + 1), truth)


def endless(_request, connection, truth):
    head, body = head_and_body(truth)
    head = re.sub(rb"Content-Length: \d+", b"Transfer-Encoding: chunked", head)
    connection.sendall(head + b"\r\n\r\n" + b"%x\r\n" % len(body) + body + b"\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


def closed(_request, connection, truth):
    connection.sendall(truth[:-max(1, len(head_and_body(truth)[1]) // 2)])


def slices(content, request):
    """(status, body, Content-Range) of a request for one range of `content`, or for all of it."""
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.fields.get("range", ""))
    if not wanted:
        return 200, content, None
    begin = int(wanted[1])
    end = min(int(wanted[2] or len(content)), len(content) - 1)
    if begin >= len(content):
        return 416, b"", f"Content-Range: bytes */{len(content)}"
    return 206, content[begin:end + 1], f"Content-Range: bytes {begin}-{end}/{len(content)}"
