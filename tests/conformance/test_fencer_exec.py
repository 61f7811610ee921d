"""The fencer suite over a program of the admin's."""

import unittest

from conformance.fencer_suite import FencerSuite
from support import tool

PROGRAM = """#!/bin/sh
[ "$FO_FENCE_NODE" = a ] || {{ echo "this device knows a only" >&2; exit 1; }}
case $1 in
  status) if [ -e {d}/power ]; then echo on; else echo off; fi ;;
  fence) rm -f {d}/power ;;
esac
"""
BROKEN = {"fail": "exit 1", "lie": "echo off, most likely", "hang": "sleep 60", "dead": "kill -STOP $$"}


class ExecFencer(FencerSuite, unittest.TestCase):
    def setUp(self):
        self.dir = tool.temporary_folder(self)

    def spec(self):
        return f"exec://{self.dir}/fence?kind=power&timeout=2s"

    def program(self, text):
        path = self.dir / "fence"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o700)

    def switch_on(self):
        self.program(PROGRAM.format(d=self.dir))
        (self.dir / "power").touch()

    def is_off(self):
        return not (self.dir / "power").exists()

    def break_it(self, how):
        self.program(f"#!/bin/sh\n{BROKEN[how]}\n")


if __name__ == "__main__":
    unittest.main()
