"""The restore of RestoreCase on overlayfs, where whatever was there before lies in the lower layer."""

import subprocess

from crash.restore_case import RestoreCase


class OverlayCase(RestoreCase):
    """reset() mounts both places anew with an empty upper layer; unmount() before the folder goes."""

    def unmount(self):
        for work, _ in self.places:
            if work.is_mount():
                subprocess.run(["umount", str(work)], check=True)

    def reset(self):
        self.unmount()
        for work, saved in self.places:
            layers = [saved.with_name("upper"), saved.with_name("layer-work")]
            subprocess.run(["rm", "-rf", str(work), *map(str, layers)], check=True)
            for folder in (work, *layers):
                folder.mkdir()
            subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                            f"lowerdir={saved},upperdir={layers[0]},workdir={layers[1]}", str(work)], check=True)
