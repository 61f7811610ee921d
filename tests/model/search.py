"""spin over promotion.pml: builds the verifier for a variant and runs it to the end of its search."""

import re
import subprocess
from pathlib import Path

MODEL = Path(__file__).with_name("promotion.pml")


class Search:
    """`guilty`: an assertion was violated. `states`: how many were visited. `whole`: the search came to its end."""

    def __init__(self, folder, *options, optimise="-O1", megabytes=4000, seconds=600):
        built = subprocess.run(["spin", "-a", *options, str(MODEL)], cwd=folder, capture_output=True, text=True, check=False)
        if built.returncode != 0:
            raise AssertionError(f"spin does not read the model: {built.stdout}{built.stderr}")
        subprocess.run(["gcc", optimise, "-w", "-DSAFETY", "-DCOLLAPSE", f"-DMEMLIM={megabytes}", "-DVECTORSZ=2048", "-o", "pan", "pan.c"],
                       cwd=folder, check=True, capture_output=True)
        # -E: that everybody waits is no error.
        self.output = subprocess.run(["./pan", "-E", "-m400000", "-w24"], cwd=folder, capture_output=True, text=True,
                                     timeout=seconds, check=False).stdout
        self.guilty = "assertion violated" in self.output
        self.states = int(re.search(r"(\d+) states, stored", self.output)[1])
        self.whole = "errors: 0" in self.output and "Search not completed" not in self.output and "max search depth" not in self.output
