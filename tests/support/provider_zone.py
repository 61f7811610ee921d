"""A zone at a DNS provider: records that change under a lock, and a name server that gives them. The stand-ins of the providers' interfaces
(powerdns is real) are built on it, each from the provider's public documents."""

import json
import threading

from support.fake_dns import FakeDns, answer_to, dns
from support.scripted_http import ScriptedHttp, answer

ZONE, SERVICE, EPOCH_RECORD = "pbx.test", "sip.pbx.test", "_failover.sip.pbx.test"
OLD = "192.0.2.1"


class ProviderZone:
    """`sets`: (name, type) -> (ttl, values). Before each test SERVICE has the one address OLD."""

    def __init__(self, test):
        self.lock = threading.RLock()
        self.sets = {(SERVICE, "A"): (60, [OLD]), (ZONE, "NS"): (3600, ["ns.pbx.test."])}
        self.dns = FakeDns(self._answers)
        test.addCleanup(self.dns.close)

    def _answers(self, request):
        question = request.question[0]
        key = (question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype))
        with self.lock:
            ttl, values = self.sets.get(key, (0, []))
        records = [(question.name.to_text(), ttl, key[1], *values)] if values else []
        return [answer_to(request, *records).to_wire()]

    def seen(self):
        with self.lock:
            return sorted(self.sets.get((SERVICE, "A"), (0, []))[1]) + sorted(self.sets.get((SERVICE, "AAAA"), (0, []))[1])


class ProviderServer:
    """Answers honest(request); a test may put a `fault` before it, called with (request, connection, honest)."""

    def __init__(self, test, zone, **listening):
        self.zone = zone
        self.fault = None
        self.server = ScriptedHttp(test, self._serve, **listening)
        self.url = self.server.url

    def _serve(self, request, connection):
        def honest():
            with self.zone.lock:
                return self.honest(request)
        return self.fault(request, connection, honest) if self.fault else honest()

    def honest(self, request):
        raise NotImplementedError

    def asked(self, method):
        return [request for request in self.server.asked if request.method == method]


def as_json(status, value, *fields):
    return answer(status, json.dumps(value), "Content-Type: application/json", *fields)
