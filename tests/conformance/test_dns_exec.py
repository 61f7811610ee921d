"""Programs as updaters: the suite of every updater over one that keeps its records in a file, every way in which one fails, and the example
for dnscmd over SSH with a stand-in for ssh and the Windows server behind it."""

import json
import sys
import unittest

from conformance.dns_updater_suite import EPOCH_RECORD, NEW, OLD, SERVICE, THIRD, DnsChecks, DnsUpdaterSuite, act
from support.tool import SOURCE_DIR, temporary_folder

REPLACE = ("replace", OLD, f"{NEW};1:a")
_HONEST = '''
state = json.loads(open(FILE).read()) if os.path.exists(FILE) else {}
known = state.get(request["service"], {"addresses": [], "ttl": 0, "mark": None})
if request["verb"] == "current":
    print(json.dumps(known))
elif request["verb"] == "replace":
    if (sorted(known["addresses"]), known["mark"]) != (sorted(request["from"]["addresses"]), request["from"]["mark"]):
        print("it has changed", file=sys.stderr)
        sys.exit(4)
    state[request["service"]] = request["to"]
    open(FILE + ".new", "w").write(json.dumps(state))
    os.rename(FILE + ".new", FILE)
'''
_HEAD = '''#!{python}
import fcntl, json, os, sys, time
FILE = "{file}"
request = json.load(sys.stdin)
open(FILE + ".log", "a").write(json.dumps([request, dict(os.environ), sys.argv[1:]]) + "\\n")
lock = open(FILE + ".lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
'''


class ExecTest(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        self.file = self.folder / "state"
        self.file.write_text(json.dumps({SERVICE: {"addresses": [OLD], "ttl": 60, "mark": None}}), encoding="ascii")
        self.url = self.program(_HONEST)

    def program(self, body, before=""):
        path = self.folder / "updater"
        path.write_text(_HEAD.format(python=sys.executable, file=self.file) + before + body, encoding="ascii")
        path.chmod(0o755)
        return f"exec://{path}"

    def asked(self):
        return [json.loads(line) for line in (self.folder / "state.log").read_text(encoding="ascii").splitlines()]

    def seen(self):
        found = json.loads(self.file.read_text(encoding="ascii"))[SERVICE]["addresses"]
        return sorted(found, key=lambda address: (":" in address, address))


class ExecSuite(ExecTest, DnsUpdaterSuite):
    """This program compares, so one wins; nobody can know that of a program, so it is not believed to."""

    swap = "checked"
    racers = 10


class ExecProtocol(ExecTest, DnsChecks):
    def test_what_is_asked(self):
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW},2001:db8::1;1:a")["ok"])
        request, environment, arguments = next(entry for entry in self.asked() if entry[0]["verb"] == "replace")
        mark = "epoch=1 node=a time=2026-11-23T06:07:00Z"
        self.assertGreater(request.pop("seconds"), 0)
        self.assertEqual(request, {"format": 1, "verb": "replace", "service": SERVICE, "epoch_record": EPOCH_RECORD,
                                   "from": {"addresses": [OLD], "ttl": 0, "mark": None},
                                   "to": {"addresses": [NEW, "2001:db8::1"], "ttl": 60, "mark": mark}})
        self.assertEqual(arguments, ["replace"])
        ours = {name: value for name, value in environment.items() if name.startswith("FO_")}
        self.assertEqual(ours, {"FO_DNS_VERB": "replace", "FO_DNS_SERVICE": SERVICE, "FO_DNS_EPOCH_RECORD": EPOCH_RECORD, "FO_DNS_FROM": OLD,
                                "FO_DNS_FROM_MARK": "", "FO_DNS_TO": f"{NEW} 2001:db8::1", "FO_DNS_TO_MARK": mark, "FO_DNS_TTL": "60"})

    def test_exit_statuses(self):
        for status, kind in ((1, "io"), (2, "config"), (5, "not_found"), (6, "unreachable"), (77, "permission")):
            url = self.program(_HONEST, f"print('a reason', file=sys.stderr); sys.exit({status})\n")
            for arguments in (("current",), ("prove",)):
                self.assert_error(act(url, *arguments), kind, f"exit status {status}", "a reason")
            url = self.program(_HONEST, f"if request['verb'] == 'replace': print('a reason', file=sys.stderr); sys.exit({status})\n")
            self.assert_error(act(url, *REPLACE, timeout=10.0), kind, "a reason")
        self.program(_HONEST)
        self.assert_holds([OLD])

    def test_it_fails_after_it_has_done_it(self):
        url = self.program(_HONEST + "\nif request['verb'] == 'replace': sys.exit(6)\n")
        self.assertTrue(act(url, *REPLACE)["ok"])
        self.assertEqual(self.seen(), [NEW])

    def test_it_says_that_it_has_done_it_and_has_not(self):
        url = self.program(_HONEST, "if request['verb'] == 'replace': sys.exit(0)\n")
        self.assert_error(act(url, *REPLACE), "protocol", "has not")

    def test_it_hangs(self):
        url = self.program(_HONEST, "time.sleep(60)\n")
        for arguments in (("current",), ("prove",), REPLACE):
            result = act(url, *arguments, timeout=1.0)
            self.assert_error(result, "timeout")
            self.assertLess(result["seconds"], 1.8)
        result = act(url + "?timeout=1s", "current", timeout=20)
        self.assert_error(result, "timeout")
        self.assertLess(result["seconds"], 5)

    def test_answers_that_are_none(self):
        for said in ("", "no", "[]", '{"addresses": "192.0.2.1"}', '{"addresses": ["192.0.2"]}', '{"addresses": [], "mark": "epoch=x"}',
                     '{"addresses": [], "mark": 3}', '{"addresses": [], "ttl": -1}', '{"addresses": ["192.0.2.1"]} trailing', "x" * 100000):
            url = self.program(f"sys.stdout.write({said!r})\n")
            self.assert_error(act(url, "current"), "protocol")

    def test_urls(self):
        plain = self.folder / "plain"
        plain.write_text("x", encoding="ascii")
        for url, kind, word in (("exec://host/x", "usage", "exec:///FILE"), (self.url + "?colour=red", "usage", "'colour'"),
                                (self.url + "?timeout=soon", "usage", "timeout=soon"), ("exec:///nowhere/x", "config", "/nowhere/x"),
                                (f"exec://{plain}", "permission", "cannot be run")):
            self.assert_error(act(url, "view"), kind, word)


_SSH = '''
assert sys.argv[1:5] == ["-o", "BatchMode=yes", "-o", "ConnectTimeout=5"] and sys.argv[5] == "dnsadmin@dc1.example.com", sys.argv
words = shlex.split(sys.argv[6])
assert words[:2] == ["dnscmd", "."], words
if os.path.exists(FILE + ".dead"):
    print("ssh: connect to host dc1.example.com port 22: Connection timed out", file=sys.stderr)
    sys.exit(255)
state = json.load(open(FILE))
verb, zone, rest = words[2], words[3], words[4:]
assert zone == "example.com", words
if verb == "/ZoneInfo":
    sys.exit(0)
node, rest = rest[0], rest[1:]
if verb == "/EnumRecords":
    kind = rest[1]
    records = [one for one in state if one[0] == node and one[1] == kind]
    if not any(one[0] == node for one in state):
        print("DNS Server failed to enumerate records for node.\\r\\n    Status = 9714 (0x000025f2)     DNS_ERROR_NAME_DOES_NOT_EXIST\\r")
        sys.exit(1)
    print("Returned records:\\r")
    for number, (_, _, ttl, value) in enumerate(records):
        shown = f'"{value}"' if kind == "TXT" else value
        print(("@ [Aging:3633340]" if number == 0 else "\\t\\t") + f" {ttl} {kind}\\t{shown}\\r")
    print("\\r\\nCommand completed successfully.\\r")
elif verb == "/RecordDelete":
    kind, value = rest[0], rest[1]
    assert rest[2] == "/f"
    kept = [one for one in state if (one[0], one[1], one[3]) != (node, kind, value)]
    assert len(kept) == len(state) - 1, words
    json.dump(kept, open(FILE, "w"))
elif verb == "/RecordAdd":
    ttl, kind, value = rest
    json.dump([*state, [node, kind, int(ttl), value]], open(FILE, "w"))
else:
    raise AssertionError(words)
'''


class DnscmdOverSsh(unittest.TestCase, DnsChecks):
    """The example of examples/dns, word for word but for the path of ssh."""

    NAMES = {"service": "pbx.example.com", "epoch_record": "_failover.pbx.example.com"}

    def setUp(self):
        self.folder = temporary_folder(self)
        self.zone = self.folder / "zone"
        self.zone.write_text(json.dumps([["pbx", "A", 3600, OLD], ["mail", "A", 3600, THIRD]]), encoding="ascii")
        ssh = self.folder / "ssh"
        ssh.write_text(f"#!{sys.executable}\nimport json, os, shlex, sys\nFILE = '{self.zone}'\n{_SSH}", encoding="ascii")
        ssh.chmod(0o755)
        text = (SOURCE_DIR / "examples" / "dns" / "dnscmd-over-ssh").read_text(encoding="utf-8")
        self.assertEqual(text.count("(ssh -o "), 1)
        script = self.folder / "dnscmd-over-ssh"
        script.write_text(text.replace("(ssh -o ", f"({ssh} -o "), encoding="utf-8")
        script.chmod(0o755)
        self.url = f"exec://{script}"

    def test_moves_the_name(self):
        for step in ((OLD, f"{NEW};1:a"), (f"{NEW};1:a", f"{NEW},{THIRD};2:b"), (f"{NEW},{THIRD};2:b", f"{OLD};3:a")):
            result = act(self.url, "replace", *step, timeout=30, **self.NAMES)
            self.assertTrue(result["ok"], result)
        now = act(self.url, "current", timeout=30, **self.NAMES)
        self.assertEqual((now["addresses"], now["epoch"], now["node"]), ([OLD], 3, "a"))
        self.assertTrue(act(self.url, "wait", f"{OLD};3:a", timeout=30, **self.NAMES)["ok"])
        self.assertTrue(act(self.url, "prove", timeout=30, **self.NAMES)["ok"])
        self.assertEqual(sorted(json.loads(self.zone.read_text(encoding="ascii")))[:1], [["_failover.pbx", "TXT", 60, "epoch=3 node=a time=2026-11-23T06:07:00Z"]])

    def test_what_changed_meanwhile_is_not_touched(self):
        self.assert_error(act(self.url, "replace", THIRD, f"{NEW};1:a", timeout=30, **self.NAMES), "conflict", "nothing was changed")
        self.assertEqual(act(self.url, "current", timeout=30, **self.NAMES)["addresses"], [OLD])

    def test_a_server_that_cannot_be_asked_is_no_empty_zone(self):
        (self.folder / "zone.dead").touch()
        for arguments in (("current",), ("prove",), REPLACE):
            self.assert_error(act(self.url, *arguments, timeout=30, **self.NAMES), "unreachable", "Connection timed out")


if __name__ == "__main__":
    unittest.main()
