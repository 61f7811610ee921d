"""One fo-promote run for the kill campaign, its ways back, and the audit after each of them."""

from support.named import SERVICE
from support.pair import NEW, OLD, Pair


class PromoteCase(Pair):
    """As Pair; `again` types what a person types after a crash."""

    @property
    def whole_run(self):
        return self.command("run", "--confirm", SERVICE)

    def half_dns(self):
        """Property epoch: the name and its mark change together."""
        mark, addresses = self.mark, self.addresses
        if addresses == [OLD]:
            return "" if mark is None else f"old address, but mark {mark}"
        if addresses != [NEW]:
            return f"addresses {addresses}"
        return "" if mark is not None and mark["node"] == "b" else f"new address, but mark {mark}"

    def wrong_after_the_kill(self):
        """What must never be, at any point."""
        if any(line.startswith("VIOLATION") for line in self.audit):
            return f"fence-first: {self.audit}"
        if self.started and self.has_power:
            return "fence-first: both hosts run"
        return self.half_dns()

    def recover(self):
        """One resume; where nothing had been begun it says so and names the command, which is then typed. Empty, or what is wrong."""
        done = self.promote("resume")
        if done.status == 0 and "nothing to resume" in done.result["message"] and not self.started:
            assert "fo-promote run" in done.result["message"], done
            done = self.promote("run")
        if done.status not in (0, 3):
            return f"not recovered: {done}"
        if self.addresses != [NEW] or self.mark is None or not self.started or self.has_power:
            return f"not promoted: {self.addresses} {self.mark} started={self.started} power={self.has_power}"
        status = next(each for each in self.run("status").objects if each["type"] == "status")
        if (status["role"], str(status["epoch"])) != ("active", self.mark["epoch"]):
            return f"role {status} and mark {self.mark} differ"
        epochs = [int(line.split()[1]) for line in self.audit]
        if epochs != sorted(epochs):
            return f"epoch: it went back: {self.audit}"
        return self.wrong_after_the_kill()
