"""The files of the repository: what git tracks, and what is new and not ignored."""

import subprocess
from pathlib import Path

from support.tool import SOURCE_DIR

CXX = (".cpp", ".hpp")


def files(root=SOURCE_DIR):
    """Paths relative to the root, sorted. Without git (an unpacked release) everything but build folders counts."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, check=False)
    if listed.returncode == 0:
        names = {Path(name) for name in listed.stdout.decode().split("\0") if name}
    else:
        names = {path.relative_to(root) for path in Path(root).rglob("*")}
        names = {name for name in names if not name.parts[0].startswith(("build", ".git"))}
    return sorted(name for name in names if (Path(root) / name).is_file())


def cxx_files(root=SOURCE_DIR):
    return [name for name in files(root) if name.suffix in CXX]


def text(name, root=SOURCE_DIR):
    """The file's text, or None for a binary file."""
    data = (Path(root) / name).read_bytes()
    if b"\0" in data:
        return None
    return data.decode("utf-8", errors="replace")
