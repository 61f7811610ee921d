"""What stands in man pages but is made of the code is what the code says now: the state table, the keys of the configuration."""

import unittest

from lint import config_page, state_diagram
from lint.option_tables import TOOLS
from lint.test_config_keys import keys
from support.tool import run

_DOT = ('  "a" [fillcolor=white, label="a\\nlook at\\nit\\nafter a crash: nothing"];\n  "b" [fillcolor=white, label="b\\ndone\\nafter a crash: nothing"];\n'
        '  "a" -> "b";\n  "a" -> "a" [style=dashed, label="crash: begins\\nanew"];\n')


class StateDiagramTest(unittest.TestCase):
    def test_the_reader(self):
        self.assertEqual(state_diagram.rows(_DOT), [("a", "look at it", ("begins anew",), "b"), ("b", "done", (), None)])
        self.assertIn("a              A  look at it\n   v\nb                 done\n", state_diagram.text(_DOT))

    def test_the_page_has_the_table_of_the_code(self):
        _, inside, _ = state_diagram.region(state_diagram.PAGE.read_text(encoding="utf-8"))
        self.assertEqual(inside, state_diagram.wanted(), "failover(7) is stale: python3 -B -m lint.state_diagram")
        for name, *_ in state_diagram.rows(run("fo-promote", "--print-states=dot").stdout):
            self.assertIn(f"\n{name}", inside)


class ConfigPageTest(unittest.TestCase):
    def test_the_page_has_the_keys_of_the_option_tables(self):
        _, inside, _ = config_page.region(config_page.PAGE.read_text(encoding="utf-8"))
        self.assertEqual(inside, config_page.text(), "failover.conf(5) is stale: python3 -B -m lint.config_page")

    def test_no_key_is_missing(self):
        blocks = dict(block.split("\n", 1) for block in config_page.text().split("# KEYS OF ")[1:])
        shared = self.named(blocks["EVERY PROGRAM"])
        for tool in TOOLS:
            own = self.named(blocks[f"[{tool[3:]}]"])
            self.assertEqual(own | (shared & keys(tool)), keys(tool))
            self.assertEqual(own & shared, set())

    @staticmethod
    def named(block):
        return {line[1:].split("*")[0] for line in block.splitlines() if line.startswith("*")}


if __name__ == "__main__":
    unittest.main()
