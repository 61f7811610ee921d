"""What `cmake --install` leaves is enough for others: a program links the library by pkg-config and by CMake."""

import os
import shlex
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.tool import BUILD_DIR, SOURCE_DIR

CONSUMER = SOURCE_DIR / "tests" / "integration" / "consumer"


def run(*command, **environment):
    done = subprocess.run(command, env=dict(os.environ, **environment), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


class LinkingTheLibraryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="fo-install."))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.prefix = cls.folder / "usr"
        run("cmake", "--install", str(BUILD_DIR), "--prefix", str(cls.prefix))
        cls.library = next(cls.prefix.rglob("libfailover.so")).parent

    def test_only_the_interface_is_exported(self):
        symbols = run("nm", "-DC", "--defined-only", str(self.library / "libfailover.so"))
        foreign = [line for line in symbols.splitlines()
                   if " T " in line and "failover::" not in line and not line.endswith((" _init", " _fini"))]
        self.assertEqual(foreign, [])
        self.assertNotIn("failover::AtomicFile", symbols)
        self.assertIn("failover::parse_target", symbols)

    def test_soname_changes_with_every_minor_release(self):
        header = run("readelf", "-d", str(self.library / "libfailover.so"))
        self.assertRegex(header, r"SONAME.*\[libfailover\.so\.0\.\d+\]")

    def test_a_program_links_by_pkg_config(self):
        program = self.folder / "by-pkg-config"
        flags = run("pkg-config", "--cflags", "--libs", "failover", PKG_CONFIG_PATH=str(self.library / "pkgconfig"))
        # The file names the prefix it was configured for; the test installed elsewhere.
        configured = run("pkg-config", "--variable=prefix", "failover", PKG_CONFIG_PATH=str(self.library / "pkgconfig")).strip()
        flags = [flag.replace(configured, str(self.prefix)) for flag in shlex.split(flags)]
        run("g++", str(CONSUMER / "main.cpp"), "-o", str(program), f"-I{self.prefix}/include", f"-L{self.library}", *flags)
        self.assertEqual(run(str(program), LD_LIBRARY_PATH=str(self.library)), "sip pbx.example 5060\n")

    def test_a_program_links_by_cmake(self):
        build = self.folder / "by-cmake"
        run("cmake", "-G", "Ninja", "-S", str(CONSUMER), "-B", str(build), f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", str(build))
        self.assertEqual(run(str(build / "consumer"), LD_LIBRARY_PATH=str(self.library)), "sip pbx.example 5060\n")


if __name__ == "__main__":
    unittest.main()
