"""Our DNS messages and signatures against independent implementations (dnspython, ldns), in both directions, and against hostile input."""

import base64
import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from support.tool import BIN, corpus

# Debian's package, whichever Python runs the tests; it is pure Python.
sys.path.append("/usr/lib/python3/dist-packages")
import dns.flags  # noqa: E402
import dns.message  # noqa: E402
import dns.name  # noqa: E402
import dns.rcode  # noqa: E402
import dns.rdataclass  # noqa: E402
import dns.rdatatype  # noqa: E402
import dns.rrset  # noqa: E402
import dns.tsig  # noqa: E402
import dns.update  # noqa: E402

DRIVER = BIN / "conformance_dns_wire"
LDNS = BIN / "conformance_dns_ldns"
SECRET = b"0123456789abcdef0123456789abcdef"


def run(*arguments):
    done = subprocess.run([DRIVER, *arguments], capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ldns(*arguments):
    done = subprocess.run([LDNS, *arguments], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


class WireTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def key(self, algorithm, secret=SECRET, name="Fo-Test"):
        path = self.folder / f"{algorithm}-{name}-{len(secret)}.key"
        path.write_text(f'key "{name}" {{ algorithm {algorithm}; secret "{base64.b64encode(secret).decode()}"; }};\n', encoding="ascii")
        path.chmod(0o600)
        return str(path), dns.tsig.Key(name, secret, algorithm + ".")

    def ours(self, algorithm, now, wire):
        """Signs with our code, reads with theirs. Returns the request as they see it and our MAC."""
        path, key = self.key(algorithm)
        signed = run("sign", path, str(int(now)), wire.hex())[0]
        request = dns.message.from_wire(bytes.fromhex(signed["wire"]), keyring={key.name: key})
        self.assertTrue(request.had_tsig)
        self.assertEqual(request.mac.hex(), signed["mac"])
        return path, request, signed["mac"]

    def test_what_we_sign_they_verify(self):
        for algorithm in ("hmac-sha256", "hmac-sha384", "hmac-sha512"):
            for size in (1, 16, 64, 200):
                path, key = self.key(algorithm, b"k" * size)
                wire = dns.message.make_query("sip.pbx.test", "A").to_wire()
                signed = run("sign", path, str(int(time.time())), wire.hex())[0]
                self.assertTrue(dns.message.from_wire(bytes.fromhex(signed["wire"]), keyring={key.name: key}).had_tsig)

    def test_what_they_sign_we_verify(self):
        for algorithm in ("hmac-sha256", "hmac-sha384", "hmac-sha512"):
            now = time.time()
            path, request, mac = self.ours(algorithm, now, dns.message.make_query("sip.pbx.test", "A").to_wire())
            answer = dns.message.make_response(request)
            answer.flags |= dns.flags.AA
            answer.answer.append(dns.rrset.from_text("sip.pbx.test.", 60, "IN", "A", "192.0.2.1", "192.0.2.2"))
            wire = answer.to_wire()
            self.assertEqual(run("verify", path, str(int(now)), mac, wire.hex()), [{"ok": True}])
            # The answer to another request does not fit, nor does any single wrong bit.
            self.assertFalse(run("verify", path, str(int(now)), "00" * (len(mac) // 2), wire.hex())[0]["ok"])
            for place in range(len(wire)):
                broken = bytearray(wire)
                broken[place] ^= 0x20
                # The case of a name in the TSIG is not signed (RFC 8945 section 4.3.3); the ID is checked elsewhere.
                if bytes(broken).lower() == wire.lower() or place < 2:
                    continue
                self.assertFalse(run("verify", path, str(int(now)), mac, broken.hex())[0]["ok"], f"byte {place}")

    def test_our_update_says_what_it_should(self):
        wire = bytes.fromhex(run("swap", "pbx.test", "sip.pbx.test", "_failover.sip.pbx.test", "192.0.2.1", "2001:db8::2")[0]["wire"])
        update = dns.message.from_wire(wire)
        self.assertIsInstance(update, dns.update.UpdateMessage)
        self.assertEqual([rrset.to_text() for rrset in update.zone], ["pbx.test. IN SOA"])
        self.assertEqual(sorted(rrset.to_text() for rrset in update.prerequisite),
                         ["_failover.sip.pbx.test. NONE CNAME", "_failover.sip.pbx.test. NONE TXT", "sip.pbx.test. 0 IN A 192.0.2.1",
                          "sip.pbx.test. NONE AAAA", "sip.pbx.test. NONE CNAME"])
        self.assertEqual(sorted(rrset.to_text() for rrset in update.update),
                         ["sip.pbx.test. 60 IN AAAA 2001:db8::2", "sip.pbx.test. ANY A"])

    def test_ldns_verifies_what_we_sign(self):
        for algorithm in ("hmac-sha256", "hmac-sha512"):  # it knows no hmac-sha384
            path, key = self.key(algorithm, name="fo")
            secret = base64.b64encode(key.secret).decode()
            wire = dns.message.make_query("sip.pbx.test", "A").to_wire()
            signed = run("sign", path, str(int(time.time())), wire.hex())[0]["wire"]
            self.assertTrue(ldns("verify", "fo.", secret, "", signed)["ok"])
            other = base64.b64encode(b"x" * 32).decode()
            self.assertFalse(ldns("verify", "fo.", other, "", signed)["ok"])

    def test_we_verify_what_ldns_signs(self):
        for algorithm in ("hmac-sha256", "hmac-sha512"):
            path, key = self.key(algorithm, name="fo")
            secret = base64.b64encode(key.secret).decode()
            query = dns.message.make_query("sip.pbx.test", "A")
            now = str(int(time.time()))
            request = run("sign", path, now, query.to_wire().hex())[0]
            answer = dns.message.make_response(query)
            answer.answer.append(dns.rrset.from_text("sip.pbx.test.", 60, "IN", "A", "192.0.2.1"))
            signed = ldns("sign", "fo.", algorithm, secret, request["mac"], answer.to_wire().hex())
            self.assertEqual(run("verify", path, now, request["mac"], signed["wire"]), [{"ok": True}])
            self.assertFalse(run("verify", path, now, "00" * len(bytes.fromhex(request["mac"])), signed["wire"])[0]["ok"])
            # Of the same bytes both make the same MAC.
            self.assertTrue(ldns("verify", "fo.", secret, request["mac"], signed["wire"])["ok"])

    def test_ldns_reads_our_update_as_it_is_meant(self):
        wire = run("swap", "pbx.test", "sip.pbx.test", "_failover.sip.pbx.test", "192.0.2.1", "2001:db8::2")[0]["wire"]
        read = ldns("parse", wire)
        self.assertEqual((read["ok"], read["opcode"]), (True, 5))
        self.assertEqual(read["sections"][0], ["pbx.test.\tIN\tSOA\n"])
        empty = ["\\#", "0"]
        self.assertEqual([text.split() for text in read["sections"][1]],
                         [["sip.pbx.test.", "0", "IN", "A", "192.0.2.1"], ["sip.pbx.test.", "0", "NONE", "AAAA", *empty],
                          ["_failover.sip.pbx.test.", "0", "NONE", "TXT", *empty], ["sip.pbx.test.", "0", "NONE", "CNAME", *empty],
                          ["_failover.sip.pbx.test.", "0", "NONE", "CNAME", *empty]])
        self.assertEqual([text.split() for text in read["sections"][2]],
                         [["sip.pbx.test.", "0", "ANY", "A", *empty], ["sip.pbx.test.", "60", "IN", "AAAA", "2001:db8::2"]])

    def test_we_read_an_update_of_ldns_as_it_is_meant(self):
        read = run("parse", ldns("update", "pbx.test", "sip.pbx.test", "192.0.2.1", "192.0.2.2")["wire"])[0]
        self.assertEqual((read["ok"], read["opcode"]), (True, 5))
        shown = [[(record["name"], record["type"], record["class"], record["ttl"], record["rdata"]) for record in read[section]]
                 for section in ("answers", "authorities")]
        self.assertEqual(shown, [[("sip.pbx.test", 1, 1, 0, "c0000201")],
                                 [("sip.pbx.test", 1, 254, 0, "c0000201"), ("sip.pbx.test", 1, 1, 60, "c0000202")]])

    def test_their_compressed_answer_reads_the_same(self):
        answer = dns.message.make_response(dns.message.make_query("sip.pbx.test", "NS"))
        answer.flags |= dns.flags.AA
        for text in (("pbx.test.", "NS", "ns1.pbx.test.", "ns2.pbx.test."), ("alias.pbx.test.", "CNAME", "sip.pbx.test."),
                     ("pbx.test.", "SOA", "ns1.pbx.test. hostmaster.pbx.test. 1 2 3 4 5"), ("pbx.test.", "MX", "10 mail.pbx.test."),
                     ("t.pbx.test.", "TXT", '"one" "two"'), ("six.pbx.test.", "AAAA", "2001:db8::1")):
            answer.answer.append(dns.rrset.from_text(text[0], 60, "IN", text[1], *text[2:]))
        wire = answer.to_wire()
        read = run("parse", wire.hex())[0]
        self.assertTrue(read["ok"] and read["authoritative"] and read["response"])
        expected = [(rrset.name.to_text(omit_final_dot=True), int(rrset.rdtype), rdata.to_wire().hex())
                    for rrset in answer.answer for rdata in rrset]
        self.assertEqual(sorted((record["name"], record["type"], record["rdata"]) for record in read["answers"]), sorted(expected))
        for length in range(len(wire)):
            self.assertFalse(run("parse", wire[:length].hex())[0]["ok"], f"cut after {length} octets")

    def test_corpora_of_other_servers(self):
        path, _ = self.key("hmac-sha256")
        for name in ("dns/bind9", "dns/c-ares"):
            files = sorted(str(file) for file in corpus(self, name).rglob("*") if file.is_file())
            results = run("files", path, *files)
            self.assertEqual(len(results), len(files))
            self.assertEqual([result["file"] for result in results if result["verified"]], [])
            self.assertEqual([result["file"] for result in results if not result["same"]], [])
            self.assertGreater(sum(result["parsed"] for result in results), 0)


if __name__ == "__main__":
    unittest.main()
