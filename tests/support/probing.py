"""One check by fo-probe, for the tests of its probers."""

from support import tool


def check(target, timeout="2s", *options):
    """The one check object, and the finished run."""
    finished = tool.run("fo-probe", "--json", "-t", timeout, *options, target)
    checks = [one for one in finished.objects if one["type"] == "check"]
    assert len(checks) == 1, finished
    return checks[0], finished
