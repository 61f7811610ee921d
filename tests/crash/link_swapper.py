"""python3 link_swapper.py SEED UID TARGET OUTSIDE NAME...: beside each directory NAME in TARGET it makes a symbolic link that leads to
the directory of that name in OUTSIDE, and exchanges the two again and again until its stdin ends, as the user UID. Prints
"at work", and at the end how often it exchanged.
"""

import ctypes
import os
import random
import select
import sys
import time

EXCHANGE = 2
LIBC = ctypes.CDLL(None, use_errno=True)


def exchange(folder, one, other):
    """False: one of them is not there."""
    return LIBC.renameat2(folder, one, folder, other, EXCHANGE) == 0


class Pair:
    """A directory and the link to be put in its place."""

    def __init__(self, top, path, outside):
        above, name = os.path.split(path)
        self.above, self.name, self.decoy = os.path.join(top, above), name.encode(), f"{name}.decoy".encode()
        self.outside = os.path.join(outside, path)
        self.folder = None

    def ready(self):
        """The directory it lies in may only now have been made."""
        if self.folder is not None:
            return True
        try:
            self.folder = os.open(self.above, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            os.symlink(self.outside, self.decoy, dir_fd=self.folder)
        except FileExistsError:
            pass
        except OSError:
            return False
        return True

    def swap_and_back(self):
        """Exchanges of the two that took place."""
        if not self.ready() or not exchange(self.folder, self.name, self.decoy):
            return 0
        return 2 if exchange(self.folder, self.name, self.decoy) else 1


def main():
    seed, user, top, outside = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    chance = random.Random(seed)
    pairs = [Pair(top, path, outside) for path in sys.argv[5:]]
    # At full speed, or with the directory left alone for a while, so that a restore comes to its later steps.
    most = chance.choice((0, 0, 0.0005, 0.003))
    count, turns = 0, 0
    print("at work", flush=True)
    while turns % 32 or not select.select([0], [], [], 0)[0]:
        turns += 1
        count += chance.choice(pairs).swap_and_back()
        if most:
            time.sleep(chance.random() * most)
    print(count)


if __name__ == "__main__":
    main()
