"""The Debian packages in a fresh Debian 12: built, looked at by lintian, installed, used, linked, booted, removed."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import http.server
import time
import zipfile
from pathlib import Path

from packages import consumers, pair_outside, units
from packages.booted import Booted
from packages.fresh_debian import Failed, FreshDebian, debootstrap
from support.tool import SOURCE_DIR

TOOLS = ("fo-probe", "fo-fetch", "fo-restore", "fo-promote")
PACKAGES = ("fo-tools", "fo-tools-smb", "libfailover0.1", "libfailover-dev")


class Checks:
    def __init__(self):
        self.done, self.wrong = 0, []

    def true(self, what, fine, otherwise=""):
        self.done += 1
        if not fine:
            self.wrong.append(what)
        print(f"{'ok   ' if fine else 'WRONG'} {what}" + ("" if fine else f"\n      {otherwise}"), flush=True)

    def equal(self, what, found, wanted):
        self.true(what, found == wanted, f"{found!r}, not {wanted!r}")


def lintian(folder, check):
    changes = next(folder.glob("*.changes"))
    done = subprocess.run(["lintian", "--fail-on", "error", "--tag-display-limit", "0", changes], capture_output=True, text=True,
                          check=False)
    errors, warnings = (len(re.findall(rf"^{letter}: ", done.stdout, re.MULTILINE)) for letter in "EW")
    check.true("lintian", done.returncode == 0 and not errors, done.stdout + done.stderr)
    if warnings:
        print(done.stdout, flush=True)
    return errors, warnings


def install(debian, folder, check):
    """From files, dependencies by apt; without what fo-smb brings."""
    place = debian.root / "srv/packages"
    place.mkdir()
    for name in PACKAGES:
        shutil.copy(next(folder.glob(f"{name}_*.deb")), place / f"{name}.deb")
    debian.install("/srv/packages/fo-tools.deb", "/srv/packages/libfailover0.1.deb")
    there = debian.call("dpkg-query", "-W", "-f", "${Package}\n").split()
    check.true("no Samba comes along", not [name for name in there if "samba" in name or "smb" in name], there)
    check.true("nothing is enabled", not list((debian.root / "etc/systemd/system").glob("*/fo-*")), "something is")


def programs(debian, check):
    debian.install("man-db")
    for tool in TOOLS:
        check.true(f"{tool} --version", re.match(rf"{tool} \d+\.\d+\.\d+\n$", debian.call(tool, "--version")), "")
        check.true(f"man {tool}", "EXIT STATUS" in debian.call("man", "--pager=cat", tool), "no such page")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said = debian.call("fo-probe", f"tcp://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    check.true("fo-probe finds a listener up", said.startswith("PROBE OK"), said)
    check.true("and none down", debian.call("fo-probe", f"tcp://127.0.0.1:{server.server_port}", status=2).startswith("PROBE CRIT"))
    store = debian.root / "srv/one"
    store.mkdir()
    (debian.root / "srv/tree").mkdir()
    with zipfile.ZipFile(store / "backup.zip", "w") as archive:
        archive.writestr("a/b", "bytes")
    debian.call("sh", "-c", "fo-fetch file:///srv/one/backup.zip | fo-restore --target /srv/tree -")
    check.equal("fo-fetch | fo-restore", (debian.root / "srv/tree/a/b").read_text(), "bytes")
    said = debian.call("fo-fetch", "smb://nobody@127.0.0.1:1/share/file", "--password-file", "/srv/packages", status=2)
    check.true("without fo-tools-smb an smb:// says what to install", "install" in said, said)
    for folder in ("srv/one", "srv/tree", "var/lib/failover"):
        shutil.rmtree(debian.root / folder)


def purge(debian, before, check):
    """What was there before, and what the packages own that were brought as dependencies, may be there after."""
    for name in ("usr/local/lib", "srv/store", "srv/pbx", "var/lib/pbx-hosts", "var/lib/power", "var/lib/serving",
                 "etc/failover", "etc/systemd/system", "etc/credstore"):
        for path in sorted(debian.root.glob(f"{name}/**/*"), reverse=True):
            # Links to what the package brought are its own to take away.
            if path.is_symlink():
                continue
            if path.is_dir():
                if not any(path.iterdir()) and path.name not in ("systemd",):
                    path.rmdir()
            elif name != "etc/systemd/system" or "fo-" in path.parent.name or path.parent.name == "pbx.service.d":
                path.unlink()
    debian.call("apt-get", "purge", "-qq", "-y", *PACKAGES)
    left = debian.files() - before - debian.owned()
    ours = sorted(name for name in left if "fo-" in name or "failover" in name)
    check.equal("nothing of the packages is left", ours, [])
    return left


def main():
    parser = argparse.ArgumentParser(prog="tests/packages/run", description=__doc__)
    parser.add_argument("--packages", type=Path, metavar="DIR", help="those that are there already, instead of building them")
    parser.add_argument("--keep", action="store_true", help="leave the system in the folder that is named at the end")
    options = parser.parse_args()
    began = time.monotonic()
    folder = options.packages or SOURCE_DIR / "build/packages"
    if not options.packages:
        subprocess.run([SOURCE_DIR / "packaging/build-packages"], check=True, stdout=subprocess.DEVNULL)
    check = Checks()
    errors, warnings = lintian(folder, check)
    base = SOURCE_DIR / "build/debian-12"
    debootstrap(base)
    place = Path(tempfile.mkdtemp(prefix="fo-packages.", dir="/var/tmp"))
    took = 0.0
    try:
        debian = FreshDebian(base, place / "root")
        before = debian.files()
        install(debian, folder, check)
        programs(debian, check)
        debian.install("systemd", "systemd-sysv", "dbus")
        debian.install("/srv/packages/fo-tools-smb.deb")
        consumers.check(debian, check)
        pair_outside.lay_out(debian)
        (debian.root / "usr/sbin/policy-rc.d").unlink()
        servers = pair_outside.serve(debian)
        try:
            with Booted(debian.root) as booted:
                took = units.check(debian, booted, check)
        finally:
            pair_outside.end(servers)
        purge(debian, before, check)
    except (Failed, AssertionError, subprocess.SubprocessError) as error:
        check.true("the campaign comes to its end", False, error)
    finally:
        if options.keep:
            print(f"kept: {place}")
        else:
            shutil.rmtree(place)
    print(f"packages: {check.done} checks, {len(check.wrong)} wrong, lintian {errors} errors {warnings} warnings, "
          f"active dead to standby serving by the units {took:.1f} s, {time.monotonic() - began:.0f} s in all")
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
