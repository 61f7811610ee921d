"""A program of ten lines that links the library of the package, by pkg-config and by CMake."""

import shutil

from support.tool import SOURCE_DIR

_EXPECTED = "sip pbx.example 5060\n"


def check(debian, check):
    debian.install("/srv/packages/libfailover-dev.deb", "g++", "cmake", "make", "pkg-config")
    shutil.copytree(SOURCE_DIR / "tests/integration/consumer", debian.root / "srv/consumer")
    debian.call("sh", "-c", "g++ /srv/consumer/main.cpp -o /srv/by-pkg-config $(pkg-config --cflags --libs failover)")
    check.equal("consumer by pkg-config", debian.call("/srv/by-pkg-config"), _EXPECTED)
    debian.call("cmake", "-S", "/srv/consumer", "-B", "/srv/by-cmake")
    debian.call("cmake", "--build", "/srv/by-cmake")
    check.equal("consumer by CMake", debian.call("/srv/by-cmake/consumer"), _EXPECTED)
    needed = debian.call("sh", "-c", "objdump -p /srv/by-cmake/consumer | grep NEEDED")
    check.true("the consumer needs the SONAME of the package's name", "libfailover.so.0.1\n" in needed, needed)
    for folder in ("consumer", "by-cmake"):
        shutil.rmtree(debian.root / "srv" / folder)
    (debian.root / "srv/by-pkg-config").unlink()
