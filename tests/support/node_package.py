"""Programs of npm that tests talk to: installed once, at an exact version, into the build folder."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from support.tool import BUILD_DIR


# Sooner than a test's own time-out, which would not say what it waited for.
LONGEST_S = 240


def _install(folder, package):
    """Why it failed; None when it did not."""
    command = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel",
               "error", "--fetch-timeout", "60000", package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False, env={**os.environ, "NODE_OPTIONS": ""})
    except subprocess.TimeoutExpired:
        return f"it took longer than {LONGEST_S} s; try again where the package registry answers"
    return done.stderr if done.returncode else None


def node_package(name, version):
    """The node_modules folder that holds it. Nothing that a package wants to run at its installation is run."""
    root = BUILD_DIR / "node"
    root.mkdir(parents=True, exist_ok=True)
    plain = name.replace("/", "+")  # of @SCOPE/NAME
    final = root / f"{plain}-{version}"
    with open(root / f"{plain}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not final.is_dir():
            made = Path(tempfile.mkdtemp(prefix=f".{plain}.", dir=root))
            why = _install(made, f"{name}@{version}")
            if why:
                shutil.rmtree(made)
                raise AssertionError(f"npm does not install {name}@{version}: {why}")
            made.rename(final)
    return final / "node_modules"
