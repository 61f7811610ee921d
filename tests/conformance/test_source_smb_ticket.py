"""A share of a real smbd as a source, with a Kerberos ticket instead of a password."""

import unittest

from conformance import test_source_smb
from conformance.source_driver import Driven
from conformance.source_faults import FetchFaults
from support import ticket_smbd
from support.breaking_relay import BreakingRelay
from support.fetching import FetchCase
from support.server import free_port
from support.ticket_smbd import STRANGER, TicketCase, TicketSmbd, by_name

setUpModule = ticket_smbd.begin


class WithTicket(TicketCase, test_source_smb.SmbSource):
    server = TicketSmbd

    def setUp(self):
        super().setUp()
        self.get_ticket()

    def location(self, path):
        return by_name(self.smbd, path, share=self.share)

    def options(self):
        return {"smb-kerberos": "yes"}

    def forbidden(self):
        return Driven(self, by_name(self.smbd, "a.zip", share="closed"), self.options(), self.wrapper)

    def wrong_credentials(self):
        self.realm.ticket(self.cache, name=STRANGER)
        yield "the ticket of somebody without an account", self.options()
        self.cache.unlink()
        yield "no ticket", self.options()


class EncryptedWithTicket(WithTicket):
    share = "encrypted"

    def options(self):
        return {"smb-encryption": "yes", **super().options()}


class TicketFaults(TicketCase, FetchFaults, FetchCase):
    def start_store(self):
        self.smbd = TicketSmbd()
        self.addCleanup(self.smbd.close)
        self.smbd.start()
        self.store = self.smbd.store
        self.port = free_port()
        self.relay = BreakingRelay((("127.0.0.1", self.port), ("127.0.0.1", self.smbd.port)))
        self.addCleanup(self.relay.close)
        self.get_ticket()

    def location(self, path=""):
        return by_name(self.smbd, path, port=self.port)

    def access(self):
        return ["--smb-kerberos"]


if __name__ == "__main__":
    unittest.main()
