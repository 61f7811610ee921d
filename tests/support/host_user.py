"""A user of this host that a test makes (it runs as root) and takes away again."""

import contextlib
import pwd
import subprocess
import uuid


@contextlib.contextmanager
def host_user():
    """A new user without password and home; gives its pwd entry."""
    name = "fotest" + uuid.uuid4().hex[:8]
    subprocess.run(["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name],
                   check=True, capture_output=True)
    try:
        yield pwd.getpwnam(name)
    finally:
        subprocess.run(["userdel", name], check=False, capture_output=True)
