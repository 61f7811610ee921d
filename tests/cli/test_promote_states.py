"""fo-promote --print-states: a diagram that graphviz accepts, of every row of the state table and nothing else."""

import re
import subprocess
import unittest

from support import tool

_ROW = re.compile(r'PromotionStepRow\{PromotionStep::(\w+), "([^"]+)",\s*"([^"]+)",\s*PromotionStep::(\w+),\s*"([^"]+)",\s*WayOn::(\w+)\}')
_TABLE = tool.SOURCE_DIR / "lib/promote/state_table.hpp"
# How many dashed arrows a row has, and where they end.
_WAYS = {"start_over": ["check"], "fence_anew": ["check", "withdrawn"], "go_on": [None], "nothing": []}


class StatesCase(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)

    def run_tool(self, *arguments):
        return tool.run("fo-promote", "--state-dir", self.folder / "state", *arguments)

    def dot(self, *arguments, text):
        done = subprocess.run(["dot", *arguments], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), text)
        return done.stdout

    def test_graphviz_draws_every_row_of_the_table_and_nothing_else(self):
        rows = _ROW.findall(_TABLE.read_text())
        names = {step: name for step, name, *_ in rows}
        printed = self.run_tool("--print-states=dot")
        self.assertEqual((printed.status, printed.stderr), (0, ""), printed)
        self.assertIn("<svg", self.dot("-Tsvg", text=printed.stdout))
        plain = [line.split() for line in self.dot("-Tplain", text=printed.stdout).splitlines()]
        nodes = {words[1].strip('"') for words in plain if words[0] == "node"}
        edges = [(words[1].strip('"'), words[2].strip('"'), "dashed" in words) for words in plain if words[0] == "edge"]
        self.assertEqual(nodes, {*names.values(), "withdrawn"})
        wanted = [(name, names[after], False) for step, name, _, after, _, _ in rows if step != after]
        wanted += [(name, end or name, True) for _, name, _, _, _, way in rows for end in _WAYS[way]]
        self.assertEqual(sorted(edges), sorted(wanted))
        words = printed.stdout.replace("\\n", " ")
        for _, name, comment, _, crash, _ in rows:
            self.assertIn(f"{name} {comment} after a crash: {crash}", words)

    def test_the_table_is_read_whole(self):
        text = _TABLE.read_text()
        self.assertEqual(len(_ROW.findall(text)), text.count("PromotionStepRow{"))
        conf = self.folder / "failover.conf"
        conf.write_text("[promote]\nservice = pbx.example\nnode = b\n[node.a]\naddress = 192.0.2.1\n[node.b]\naddress = 192.0.2.2\n")
        message = self.run_tool("plan", "--config", conf, "--until", "no-such-step").stderr
        for _, name, *_ in _ROW.findall(text):
            self.assertIn(name, message)

    def test_beside_a_command_it_is_refused(self):
        conf = self.folder / "failover.conf"
        conf.write_text("[promote]\nprint-states = dot\n")
        for arguments in (("guard", "--print-states=dot"), ("run", "--print-states", "dot"), ("guard", "--config", conf)):
            done = self.run_tool(*arguments)
            self.assertEqual((done.status, done.stdout), (2, ""), done)
        self.assertEqual(self.run_tool("--print-states=svg").status, 2)
        self.assertFalse((self.folder / "state").exists())

    def test_json(self):
        done = self.run_tool("--print-states=dot", "--json")
        self.assertEqual([each["type"] for each in done.objects], ["states", "result"], done)
        self.assertTrue(done.objects[0]["text"].startswith("digraph"), done)


if __name__ == "__main__":
    unittest.main()
