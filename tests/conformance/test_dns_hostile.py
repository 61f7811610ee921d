"""Name servers, and people between us and them, that mean no good: whatever comes, the effect or an error, by the deadline."""

import base64
import itertools
import json
import struct
import subprocess
import time
import unittest

from conformance.dns_updater_suite import DRIVER, EPOCH_RECORD, NEW, OLD, SERVICE, DnsChecks, act
from support import tool
from support.fake_dns import FakeDns, answer_to, dns
from support.tool import temporary_folder

ZONE = "pbx.test"
SECRET = b"0123456789abcdef0123456789abcdef"


def with_id(wire, number):
    return struct.pack(">H", number & 0xFFFF) + wire[2:]


def service_answer(request, address=OLD):
    """What an honest server with one A record and nothing else says."""
    wanted = request.question[0]
    records = [(SERVICE + ".", 60, "A", address)] if wanted.rdtype == dns.rdatatype.A else []
    return answer_to(request, *records)


class HostileTest(DnsChecks, unittest.TestCase):
    def serve(self, answers, **options):
        server = FakeDns(answers, **options)
        self.addCleanup(server.close)
        return server


class Spoofing(HostileTest):
    """The verifier's way over UDP, which it takes where TCP is refused."""

    def ask(self, answers, timeout=4.0):
        server = self.serve(answers, udp=True)
        folder = temporary_folder(self)
        key = folder / "x.key"
        key.write_text(f'key "x" {{ algorithm hmac-sha256; secret "{base64.b64encode(SECRET).decode()}"; }};', encoding="ascii")
        key.chmod(0o600)
        url = f"rfc2136://127.0.0.1:{server.port}/{ZONE}?key-file={key}&verify=127.0.0.1:{server.port}"
        return act(url, "ask", timeout=timeout), server

    def test_wrong_packets_before_the_right_one(self):
        def answers(request):
            right = service_answer(request).to_wire()
            lie = service_answer(request, NEW).to_wire()
            for step in range(1, 100):
                yield with_id(lie, request.id + step)
            other = dns.message.make_query("other.pbx.test", request.question[0].rdtype, id=request.id)
            yield service_answer(other, NEW).to_wire()
            yield lie[:20]  # the right ID, but no message
            yield request.to_wire()  # our own question
            yield b""
            yield right

        result, server = self.ask(answers)
        self.assertEqual([(one["ok"], one["addresses"]) for one in result["servers"]], [(True, [OLD])], result)
        self.assertGreater(len({request.id for request in server.requests}), 1, "the IDs are not random")

    def test_wrong_packets_for_ever(self):
        def answers(request):
            lie = service_answer(request, NEW).to_wire()
            until = time.monotonic() + 3
            for step in itertools.count(1):
                if time.monotonic() > until:
                    return
                yield with_id(lie, request.id + 1 + step % 65535)

        result, _ = self.ask(answers, timeout=1.0)
        self.assert_error(result["servers"][0], "timeout")
        self.assertLess(result["seconds"], 1.5)

    def test_a_truncated_answer_is_not_believed(self):
        def answers(request):
            answer = service_answer(request, NEW)
            answer.flags |= dns.flags.TC
            yield answer.to_wire()

        # TCP, which it then asks, is refused here.
        self.assert_error(self.ask(answers)[0]["servers"][0], "unreachable", "Connection refused")


class Primary(HostileTest):
    """What a primary may answer to a signed update."""

    def setUp(self):
        self.key_file = temporary_folder(self) / "fo.key"
        self.key_file.write_text(f'key "fo" {{ algorithm hmac-sha256; secret "{base64.b64encode(SECRET).decode()}"; }};', encoding="ascii")
        self.key_file.chmod(0o600)
        self.key = dns.tsig.Key("fo", SECRET, "hmac-sha256.")

    def url(self, update, read=lambda request: service_answer(request).to_wire()):
        """A server that answers updates and questions as given: functions from request to bytes."""
        def answers(request):
            yield (update if request.opcode() == dns.opcode.UPDATE else read)(request)

        server = self.serve(answers, key=self.key)
        return f"rfc2136://127.0.0.1:{server.port}/{ZONE}?key-file={self.key_file}"

    def replace(self, update, **options):
        return act(self.url(update, **options), "replace", OLD, f"{NEW};1:a", timeout=2.0)

    def test_each_refusal_is_clear(self):
        for rcode, kind, word in (("NOTZONE", "config", "NOTZONE"), ("NOTAUTH", "not_found", "not the primary"),
                                  ("REFUSED", "permission", "update-policy"), ("SERVFAIL", "unreachable", "its log says why"),
                                  ("NOTIMP", "protocol", "does not do updates"), ("FORMERR", "protocol", "FORMERR"),
                                  ("NXRRSET", "conflict", "nothing was changed"), ("YXRRSET", "conflict", f"it now has {OLD}")):
            result = self.replace(lambda request, rcode=rcode: answer_to(request, rcode=dns.rcode.from_text(rcode)).to_wire())
            self.assert_error(result, kind, word)

    def test_an_unsigned_yes_is_no_yes(self):
        def unsigned(request):
            plain = dns.message.make_response(request)
            plain.tsig = None
            return plain.to_wire()

        self.assert_error(self.replace(unsigned), "integrity", "is not signed", "so far nothing has changed")

    def test_a_yes_with_a_wrong_signature_is_no_yes(self):
        def tampered(request):
            wire = bytearray(answer_to(request).to_wire())
            wire[-12] ^= 1  # in the MAC
            return bytes(wire)

        self.assert_error(self.replace(tampered), "integrity", "wrong MAC", "so far nothing has changed")

    def test_an_unverifiable_answer_after_the_change_is_settled_by_reading(self):
        changed = []

        def tampered(request):
            changed.append(True)
            wire = bytearray(answer_to(request).to_wire())
            wire[-12] ^= 1
            return bytes(wire)

        def read(request):
            kind = request.question[0].rdtype
            if changed and kind == dns.rdatatype.TXT:
                text = '"epoch=1 node=a time=2026-11-23T06:07:00Z"'
                return answer_to(request, (EPOCH_RECORD + ".", 60, "TXT", text)).to_wire()
            return service_answer(request, NEW if changed else OLD).to_wire()

        self.assertTrue(self.replace(tampered, read=read)["ok"])

    def test_such_an_answer_needs_a_look(self):
        """Done, for reading back shows it, but the run ends as "done with a warning"."""
        changed = []

        def answers(request):
            if request.opcode() == dns.opcode.UPDATE:
                changed.append(True)
                wire = bytearray(answer_to(request).to_wire())
                wire[-12] ^= 1
                return [bytes(wire)]
            if request.question[0].rdtype == dns.rdatatype.NS:
                return [answer_to(request, (ZONE + ".", 60, "NS", "ns." + ZONE + ".")).to_wire()]
            return [service_answer(request, NEW if changed else OLD).to_wire()]

        server = self.serve(answers, key=self.key)
        plain = self.serve(lambda request: [service_answer(request, NEW if changed else OLD).to_wire()])
        url = f"rfc2136://127.0.0.1:{server.port}/{ZONE}?key-file={self.key_file}&verify=127.0.0.1:{plain.port}"
        done = tool.run("fo-promote", "dns", "set", "--state-dir", temporary_folder(self) / "state", "--json", "--service", SERVICE, "--dns", url,
                        "--from", OLD, "--to", NEW)
        self.assertEqual(done.status, 3, done)
        for words in ("wrong MAC", "reading back shows that the update was done", "every authoritative server gives the new address"):
            self.assertIn(words, done.result["message"])

    def test_a_lie_when_reading_is_not_believed(self):
        def unsigned(request):
            plain = service_answer(request, NEW)
            plain.tsig = None
            return plain.to_wire()

        url = self.url(lambda request: answer_to(request).to_wire(), read=unsigned)
        self.assert_error(act(url, "current"), "integrity", "is not signed")

    def test_a_server_that_ignores_prerequisites(self):
        url = self.url(lambda request: answer_to(request).to_wire())
        self.assert_error(act(url, "prove"), "protocol", "ignores the prerequisites")

    def test_a_server_that_closes_without_an_answer(self):
        def answers(_):
            return iter(())

        server = self.serve(answers, key=self.key)
        url = f"rfc2136://127.0.0.1:{server.port}/{ZONE}?key-file={self.key_file}"
        result = act(url, "current")
        self.assert_error(result, "unreachable")
        # It has not read all that we sent, so that the kernel may say it more harshly.
        self.assertRegex(result["message"], "closed the connection|Connection reset")

    def test_questions_share_a_connection_and_are_answered_in_any_order(self):
        """Address, address of the other family, and mark: each has an ID and a signature of its own."""
        def read(request):
            if request.question[0].rdtype == dns.rdatatype.TXT:
                text = '"epoch=7 node=a time=2026-11-23T06:07:00Z"'
                return [answer_to(request, (EPOCH_RECORD + ".", 60, "TXT", text)).to_wire()]
            return [service_answer(request).to_wire()]

        server = self.serve(read, key=self.key, together=3)
        now = act(f"rfc2136://127.0.0.1:{server.port}/{ZONE}?key-file={self.key_file}", "current", timeout=2.0)
        self.assertEqual((now.get("addresses"), now.get("epoch")), ([OLD], 7), now)
        self.assertEqual((server.connections, len(server.requests)), (1, 6))
        self.assertEqual(len({request.id for request in server.requests[:3]}), 3)

    def test_of_a_host_with_two_addresses_one_gets_the_update(self):
        """Once a connection was made nobody knows what was done, so the other address must not be tried."""
        updates = []

        def answers(request):
            if request.opcode() == dns.opcode.UPDATE:
                updates.append(request)
                return []
            return [service_answer(request).to_wire()]

        one = self.serve(answers, key=self.key)
        self.serve(answers, key=self.key, address="::1", port=one.port)
        hosts = temporary_folder(self) / "hosts"
        hosts.write_text("127.0.0.1 primary.test\n::1 primary.test\n", encoding="ascii")
        url = f"rfc2136://primary.test:{one.port}/{ZONE}?key-file={self.key_file}"
        done = subprocess.run(["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts; exec "$@"', hosts, DRIVER, url, SERVICE,
                               EPOCH_RECORD, "3", "0", "replace", OLD, f"{NEW};1:a"], capture_output=True, text=True, check=True, timeout=30)
        self.assert_error(json.loads(done.stdout), "unreachable", "so far nothing has changed")
        self.assertEqual(len(updates), 1)

    def dies_over_an_update(self, works):
        """A server that is down once the update was sent. `works`: it is up again at once, and has done the update."""
        changed = []

        def answers(request):
            if request.opcode() == dns.opcode.UPDATE:
                changed.append(True)
                if not works:
                    server.close()
                return []
            if changed and request.question[0].rdtype == dns.rdatatype.TXT:
                text = '"epoch=1 node=a time=2026-11-23T06:07:00Z"'
                return [answer_to(request, (EPOCH_RECORD + ".", 60, "TXT", text)).to_wire()]
            return [service_answer(request, NEW if changed else OLD).to_wire()]

        server = self.serve(answers, key=self.key)
        url = f"rfc2136://127.0.0.1:{server.port}/{ZONE}?key-file={self.key_file}"
        return act(url, "replace", OLD, f"{NEW};1:a", timeout=3.0)

    def test_a_server_that_goes_down_after_the_update_was_sent(self):
        self.assert_error(self.dies_over_an_update(works=False), "unreachable", "whether the update was done is not known")

    def test_a_server_that_went_down_after_it_did_the_update(self):
        """Reading back decides. That is told, and needs no look: what was lost is the answer."""
        done = self.dies_over_an_update(works=True)
        self.assertTrue(done["ok"], done)
        self.assertEqual((len(done["remarks"]), done["warnings"]), (1, []), done)
        self.assertIn("reading back shows that the update was done", done["remarks"][0])

    def test_a_server_that_talks_for_ever(self):
        def answers(request):
            wire = answer_to(request).to_wire()
            until = time.monotonic() + 3
            while time.monotonic() < until:
                yield with_id(wire, request.id + 1)

        server = self.serve(answers, key=self.key)
        url = f"rfc2136://127.0.0.1:{server.port}/{ZONE}?key-file={self.key_file}"
        result = act(url, "replace", OLD, f"{NEW};1:a", timeout=1.0)
        self.assert_error(result, "timeout")
        self.assertLess(result["seconds"], 1.5)

    def test_too_many_addresses(self):
        def read(request):
            many = [f"192.0.2.{n}" for n in range(1, 101)]
            wanted = request.question[0].rdtype == dns.rdatatype.A
            return answer_to(request, *([(SERVICE + ".", 60, "A", *many)] if wanted else [])).to_wire()

        url = self.url(lambda request: answer_to(request).to_wire(), read=read)
        self.assert_error(act(url, "current"), "protocol", "more than 64 addresses")


if __name__ == "__main__":
    unittest.main()
