"""Programs of npm that tests talk to: installed once, at an exact version, into the build folder."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from support.tool import BUILD_DIR


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
            done = subprocess.run(["npm", "install", "--prefix", str(made), "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock",
                                   "--loglevel", "error", f"{name}@{version}"], capture_output=True, text=True, timeout=600, check=False,
                                  env={**os.environ, "NODE_OPTIONS": ""})
            if done.returncode != 0:
                shutil.rmtree(made)
                raise AssertionError(f"npm does not install {name}@{version}: {done.stderr}")
            made.rename(final)
    return final / "node_modules"
