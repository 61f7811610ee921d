"""Moves the test's own process, and all that it starts, to a mount namespace of its own. There is no way back. Needs root.

A program that enters a mount namespace elsewhere takes a copy of every mount along, and a file system whose copy is still held
lives on after umount: not all of it is written, and its device is not free. What is mounted in here nobody can take along.
"""

import ctypes
import os

_CLONE_NEWNS = 0x00020000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
libc = ctypes.CDLL(None, use_errno=True)
_entered = []


def must(status, what):
    """`status` is that of a function of libc, which failed unless it is 0."""
    if status != 0:
        raise AssertionError(f"{what}: {os.strerror(ctypes.get_errno())}; namespaces need root")


def enter():
    """Called again it does nothing."""
    if _entered:
        return
    must(libc.unshare(_CLONE_NEWNS), "unshare")
    must(libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None), "making mounts private")
    _entered.append(True)
