"""What a part of a family needs besides its code: a place in the manual and in the conformance suite. Read from the registries."""

import re

# Family -> (pattern of a row in its registry.cpp, its page, how its files in tests/conformance begin).
FAMILIES = {
    "source": (r'\bMaker\{"([a-z0-9]+)"', "man/fo-fetch.1.scd", "test_source_"),
    "dns": (r'\bScheme\{"([a-z0-9+]+)"', "man/failover-dns.7.scd", "test_dns_"),
    "fence": (r'\bFencerRow\{"([a-z]+)', "man/failover-fencing.7.scd", "test_fencer_"),
    "arbiter": (r'\bArbiterRow\{"([a-z]+)', "man/failover-arbiter.7.scd", "test_arbiter_"),
    "notify": (r'\bNotifierRow\{"([a-z+]+)', "man/failover-notify.7.scd", "test_notifier"),
}
# Written without a colon.
_WORDS = {"operator", "dns"}
# Tested elsewhere: the operator's word in tests/unit.
_ELSEWHERE = {("fence", "operator"), ("arbiter", "operator")}


def members(root, family):
    return re.findall(FAMILIES[family][0], (root / f"lib/{family}/registry.cpp").read_text(encoding="utf-8"))


def problems(root):
    """Sentences: what of a registry has no paragraph and no test."""
    found = []
    for family, (_, page, prefix) in FAMILIES.items():
        manual = (root / page).read_text(encoding="utf-8").replace("*", "").replace("\\", "")
        tests = {path.name: path.read_text(encoding="utf-8") for path in (root / "tests/conformance").glob(f"{prefix}*.py")}
        for name in members(root, family):
            if not re.search(rf"(?<![\w+]){re.escape(name)}{'' if name in _WORDS else ':'}", manual):
                found.append(f"{page} has nothing on {name}")
            by_name = f"{prefix}{name.rstrip('s')}"
            covered = any(file.startswith(by_name) or re.search(rf"(?<![\w+]){re.escape(name)}\b", text) for file, text in tests.items())
            if (family, name) not in _ELSEWHERE and not covered:
                found.append(f"tests/conformance has no {prefix}*.py for {name}")
    return found
