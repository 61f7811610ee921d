"""Who may include whom. The rooms of lib/ and their directions are drawn in ARCHITECTURE.md."""

import re

# Room -> rooms whose headers it may include, besides its own and the public ones.
_FAMILY = {"net", "core"}
_ROOMS = {
    "core": set(),
    "archive": {"core"},
    "state": {"core"},
    "net": {"core"},
    "fetch": {"archive", "state", "core"},
    "inspect": {"core"},
    "restore": {"archive", "state", "core"},
    "promote": {"state", "core"},
    "probe": _FAMILY | {"state"},
    "source": _FAMILY,
    "dns": _FAMILY,
    "fence": _FAMILY,
    "arbiter": _FAMILY,
    "notify": _FAMILY,
    "witness": _FAMILY,
    "workers": {"archive", "inspect", "core"},
}

# Third-party header (its first folder or its name) -> rooms of lib/ that may include it.
_THIRD_PARTY = {
    "curl": {"net", "source"},
    "ares.h": {"net"},
    "ares_dns.h": {"net"},
    "libssh2.h": {"net", "source"},
    "libssh2_sftp.h": {"net", "source"},
    "libsmbclient.h": {"workers"},
    "expat.h": {"net", "inspect"},
    "gssapi": {"workers"},
    "krb5": {"workers"},
    "archive.h": {"workers"},
    "archive_entry.h": {"workers"},
}

_INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
MOST_PUBLIC_HEADERS = 15


def includes(text):
    """(is_quoted, name) of every #include."""
    return [(mark == '"', name) for mark, name in _INCLUDE.findall(text)]


def _place(path):
    """("lib", room), ("iface", ""), ("tools", folder) or None for files without rules."""
    parts = path.parts
    if parts[:3] == ("lib", "include", "failover"):
        return "iface", ""
    if parts[0] in ("lib", "tools") and len(parts) > 2:
        return parts[0], parts[1]
    return None


def _wrong_in_interface(quoted, name):
    if quoted:
        return "a public header includes with <> only"
    if not name.startswith("failover/") and not re.fullmatch(r"[a-z_]+", name):
        return "a public header includes the standard library and <failover/..> only"
    return None


def _wrong_in_lib(room, path, quoted, name):
    first = name.split("/")[0]
    if first == "failover":
        return None
    if quoted:
        if "/" not in name or first not in _ROOMS:
            return 'headers of lib/ are included as "room/file.hpp"'
        if first != room and first not in _ROOMS[room]:
            return f"{room} must not include {first}"
        return None
    if first == "CLI":
        return "CLI11 is for tools/ only"
    if first == "nlohmann" and path.suffix != ".cpp":
        return "nlohmann/json is for .cpp files only"
    if room not in _THIRD_PARTY.get(first, {room}):
        return f"<{first}> is for {', '.join(sorted(_THIRD_PARTY[first]))} only"
    return None


def _wrong_in_tools(folder, path, quoted, name):
    first = name.split("/")[0]
    if folder == "completions":  # reads the option table of every tool
        return None
    if quoted and "/" in name and first not in ("cli", folder):
        return f"tools/{folder} includes tools/cli, its own files and <failover/..> only"
    if not quoted and first == "nlohmann" and path.suffix != ".cpp":
        return "nlohmann/json is for .cpp files only"
    if not quoted and first in _THIRD_PARTY:
        return f"<{first}> is not for tools/"
    return None


def violations(path, text):
    """Sentences about what the file includes and should not."""
    place = _place(path)
    if place is None:
        return []
    kind, room = place
    if kind == "lib" and room not in _ROOMS:
        return [f"{path}: lib/{room} is no room; ARCHITECTURE.md lists them"]
    found = []
    for quoted, name in includes(text):
        if kind == "iface":
            wrong = _wrong_in_interface(quoted, name)
        elif kind == "lib":
            wrong = _wrong_in_lib(room, path, quoted, name)
        else:
            wrong = _wrong_in_tools(room, path, quoted, name)
        if wrong:
            found.append(f"{path}: includes {name}: {wrong}")
    return found
