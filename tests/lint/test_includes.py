"""Include directions, public headers."""

import unittest
from pathlib import Path

from lint import tree
from lint.includes import MOST_PUBLIC_HEADERS, violations

IFACE = "lib/include/failover/x.hpp"


class RuleTest(unittest.TestCase):
    """The checker itself: a planted violation of each rule is seen, and what is allowed passes."""

    def assert_red(self, path, include, words):
        found = violations(Path(path), f"#pragma once\n#include {include}\n")
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def assert_green(self, path, *includes):
        text = "".join(f"#include {include}\n" for include in includes)
        self.assertEqual(violations(Path(path), text), [])

    def test_directions(self):
        self.assert_red("lib/core/x.cpp", '"net/loop.hpp"', "core must not include net")
        self.assert_red("lib/net/x.cpp", '"probe/sip.hpp"', "net must not include probe")
        self.assert_red("lib/probe/x.cpp", '"source/sftp.hpp"', "probe must not include source")
        self.assert_red("lib/arbiter/x.cpp", '"dns/rfc2136.hpp"', "arbiter must not include dns")
        self.assert_red("lib/promote/x.cpp", '"dns/rfc2136.hpp"', "promote must not include dns")
        self.assert_red("lib/promote/x.cpp", '"archive/zip.hpp"', "promote must not include archive")
        self.assert_red("lib/restore/x.cpp", '"net/curl.hpp"', "restore must not include net")
        self.assert_red("lib/novelty/x.cpp", "<vector>", "is no room")
        self.assert_green("lib/restore/x.cpp", '"archive/zip.hpp"', '"state/role.hpp"', '"core/fd.hpp"', '"restore/plan.hpp"')
        self.assert_green("lib/dns/x.cpp", '"net/tsig.hpp"', "<failover/dns.hpp>", "<fmt/format.h>", "<openssl/evp.h>", "<vector>")

    def test_quoted_names_carry_their_room(self):
        self.assert_red("lib/core/x.cpp", '"fd.hpp"', '"room/file.hpp"')
        self.assert_red("lib/core/x.cpp", '"../net/loop.hpp"', '"room/file.hpp"')

    def test_third_party(self):
        self.assert_red("lib/probe/x.cpp", "<curl/curl.h>", "net, source only")
        self.assert_red("lib/dns/x.cpp", "<ares.h>", "net only")
        self.assert_red("lib/fetch/x.cpp", "<libssh2.h>", "net, source only")
        self.assert_red("lib/core/x.cpp", "<CLI/CLI.hpp>", "tools/ only")
        self.assert_red("lib/core/x.hpp", "<nlohmann/json.hpp>", ".cpp files only")
        self.assert_red("tools/cli/x.hpp", "<nlohmann/json.hpp>", ".cpp files only")
        self.assert_red("tools/fo-probe/x.cpp", "<curl/curl.h>", "not for tools/")
        self.assert_green("lib/net/x.cpp", "<curl/curl.h>", "<ares.h>", "<nlohmann/json.hpp>")

    def test_tools(self):
        self.assert_red("tools/fo-probe/x.cpp", '"core/fd.hpp"', "tools/cli, its own files")
        self.assert_red("tools/fo-probe/x.cpp", '"fo-fetch/run.hpp"', "tools/cli, its own files")
        self.assert_green("tools/fo-probe/x.cpp", '"cli/tool.hpp"', '"fo-probe/run.hpp"', '"run.hpp"', "<CLI/CLI.hpp>", "<failover/dns.hpp>")

    def test_public_headers(self):
        self.assert_red(IFACE, '"core/fd.hpp"', "<> only")
        self.assert_red(IFACE, "<fmt/format.h>", "standard library")
        self.assert_red(IFACE, "<sys/stat.h>", "standard library")
        self.assert_green(IFACE, "<vector>", "<failover/error.hpp>")


class TreeTest(unittest.TestCase):
    def test_every_file_keeps_the_directions(self):
        names = tree.cxx_files()
        self.assertGreater(len(names), 30)
        found = [line for name in names for line in violations(name, tree.text(name))]
        self.assertEqual(found, [], "\n".join(["", *found]))

    def test_there_are_few_public_headers(self):
        headers = [str(name) for name in tree.cxx_files() if name.parts[:3] == ("lib", "include", "failover")]
        self.assertLessEqual(len(headers), MOST_PUBLIC_HEADERS, headers)


if __name__ == "__main__":
    unittest.main()
