"""The torture messages of RFC 4475 and RFC 5118, sent to the running prober as answers, over UDP and TCP."""

import csv
import re
import unittest

from support import tool
from support.sip_peer import SipPeer, answer
from support.tcp_peer import TcpPeer


def with_crlf(text):
    """RFC 5118's messages are stored as text: line ends of text files, a last empty line perhaps lost, and one with the length that
    its body had before it was printed in the RFC."""
    if b"\r" in text:
        return text
    text = text.replace(b"\n", b"\r\n")
    if b"\r\n\r\n" not in text:
        text += b"\r\n"
    return text.replace(b"Content-Length: 268", b"Content-Length: 251")


class Torture(unittest.TestCase):
    def setUp(self):
        folder = tool.corpus(self, "sip")
        self.messages, self.well_formed = [], {}
        with open(folder / "EXPECTED-rfc4475.tsv", encoding="ascii", newline="") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                kind = row["class"].split(",")[0]
                if kind in ("valid", "invalid"):
                    self.well_formed[len(self.messages)] = kind == "valid"
                self.messages.append((folder / "rfc4475" / row["file"]).read_bytes())
        for path in sorted((folder / "rfc5118").iterdir()):
            self.well_formed[len(self.messages)] = path.name != "ipv6-bad"
            self.messages.append(with_crlf(path.read_bytes()))
        self.assertEqual(len(self.messages), 49 + 12)

    def probe(self, host_and_port, query):
        """One run for all messages: which one a peer is to send stands in the request's URI. Gives its checks in their order."""
        lines = "".join(f"sip://{host_and_port}?{query}name=m{number}.example\n" for number in range(len(self.messages)))
        finished = tool.run("fo-probe", "--json", "-t", "400ms", "--targets-from", "-", stdin=lines)
        checks = [one for one in finished.objects if one["type"] == "check"]
        self.assertEqual(len(checks), len(self.messages), finished)
        self.assertIn(finished.status, (0, 1, 2), finished)
        return checks

    def message_for(self, request):
        return self.messages[int(re.match(r"OPTIONS sip:m(\d+)\.example", request)[1])]

    def over_udp(self, reply):
        with SipPeer(reply) as peer:
            return self.probe(f"127.0.0.1:{peer.port}", "")

    def over_tcp(self, reply):
        def talk(connection):
            text = b""
            while not text.endswith(b"\r\n\r\n"):
                text += connection.recv(4096) or b"\r\n\r\n"
            connection.sendall(b"".join(reply(text.decode("ascii"))))
        with TcpPeer(talk) as peer:
            return self.probe(f"127.0.0.1:{peer.port}", "transport=tcp&")

    def test_none_makes_a_target_up_and_the_well_formed_are_told_from_the_others(self):
        for number, one in enumerate(self.over_udp(lambda request: [self.message_for(request)])):
            with self.subTest(number=number, message=self.messages[number][:60]):
                self.assertEqual(one["health"], "down", one)
                if number in self.well_formed:
                    self.assertIn("not ours" if self.well_formed[number] else "no valid answer", one["detail"])

    def test_none_hides_the_right_answer_that_follows(self):
        for number, one in enumerate(self.over_udp(lambda request: [self.message_for(request), answer(request)])):
            with self.subTest(number=number):
                self.assertEqual((one["health"], one["detail"]), ("up", "200 OK"), one)

    def test_none_makes_a_target_up_over_tcp(self):
        for number, one in enumerate(self.over_tcp(lambda request: [self.message_for(request)])):
            with self.subTest(number=number):
                self.assertEqual(one["health"], "down", one)
                self.assertNotIn("connect", one["detail"])

    def test_over_tcp_what_can_be_told_apart_hides_nothing(self):
        checks = self.over_tcp(lambda request: [self.message_for(request), answer(request)])
        for number, one in enumerate(checks):
            length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)\s*\r$", self.messages[number])
            head, _, body = self.messages[number].partition(b"\r\n\r\n")
            with self.subTest(number=number):
                if length and head.lower().count(b"content-length") == 1 and int(length[1]) == len(body):
                    self.assertEqual(one["health"], "up", one)
                if not length:
                    self.assertEqual(one["health"], "down", one)


if __name__ == "__main__":
    unittest.main()
