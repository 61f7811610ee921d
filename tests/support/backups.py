"""Backups to fetch: zip archives as a PBX makes them, with the times that a test wants."""

import hashlib
import os
import random
import time
import zipfile
from pathlib import Path


def make_backup(path, seed=1, files=5, size=20_000, age=3600.0, content_age=None):
    """A zip whose entries are `content_age` seconds old (default: as the file) and whose own time is `age` seconds ago."""
    path = Path(path)
    rand = random.Random(seed)
    entry_time = time.gmtime(time.time() - (age if content_age is None else content_age) - 60)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            info = zipfile.ZipInfo(f"data/file{number}.bin", entry_time[:6])
            info.compress_type = zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED
            archive.writestr(info, rand.randbytes(size))
    set_age(path, age)
    return path


def set_age(path, age):
    moment = time.time() - age
    os.utime(path, (moment, moment))


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def stored(folder):
    """What a fetch left in a folder under final names: backups with their sidecars, sorted."""
    folder = Path(folder)
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith(".")) if folder.exists() else []
