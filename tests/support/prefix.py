"""A copy of the library in a folder of its own, beside workers of our own: the library looks for them there."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from support import tool


@dataclass
class Prefix:
    """env: what makes a tool use it; workers: the folder of the programs that it starts."""

    library: Path
    workers: Path

    @property
    def env(self):
        return {"LD_LIBRARY_PATH": str(self.library)}


def with_worker(folder, name, program):
    """`program` is started for the worker `name`; the true one is beside it as NAME.true."""
    build = tool.BIN.parent
    source = next(path for path in build.glob("lib*/libfailover.so*")).parent
    place = Prefix(folder / source.relative_to(build), folder / "libexec/failover")
    place.library.mkdir(parents=True)
    for part in source.glob("libfailover.so*"):
        shutil.copy2(part, place.library / part.name, follow_symlinks=False)
    place.workers.mkdir(parents=True)
    shutil.copy2(build / "libexec/failover" / name, place.workers / f"{name}.true")
    worker = place.workers / name
    worker.write_text(program, encoding="ascii")
    worker.chmod(0o755)
    return place
