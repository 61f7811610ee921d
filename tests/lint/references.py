"""What documents name: pages, files, links, units. Each function gives sentences about what is not there."""

import re

_PAGE = re.compile(r"(?:\*|\b)([\w.-]+[\w])\*?\((\d)\)")
# Pages of other programs that ours speak of.
FOREIGN = {f"{name}({section})" for section, names in {
    1: "dot kinit pkg-config setsid sha256sum ssh ssh-agent ssh-keygen ssh-keyscan systemctl systemd-machine-id-setup zip",
    5: "hosts krb5.conf named.conf", 7: "network_namespaces", 8: "dnsmasq samba-tool sendmail sshd tsig-keygen"}.items() for name in names.split()}
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
_QUOTED = re.compile(r"`([^`\s]+)`")
_PATH = re.compile(r"(?<![A-Za-z0-9/.-])((?:examples|tests|packaging|man|lib|tools|completions)/[\w./@-]+)")
_UNIT = re.compile(r"\bfo-[a-z]+(?:@[a-z]*)?\.(?:service|timer)\b")


def plain(text):
    return text.replace("\\", "")


def see_also(page):
    return plain(page.split("# SEE ALSO", 1)[-1]) if "# SEE ALSO" in page else ""


def pages_in(text):
    """References like NAME(7), as "NAME(7)"."""
    return {f"{name}({section})" for name, section in _PAGE.findall(plain(text))}


def wrong_pages(text, ours):
    return [f"{name} is no page of ours and none that is known" for name in sorted(pages_in(text) - ours - FOREIGN)]


def incomplete_see_also(name, page, ours):
    """A page's SEE ALSO has every page that its text refers to, failover(7), and not itself; each once."""
    listed = see_also(page)
    found = [f"SEE ALSO lacks {other}" for other in sorted((pages_in(page) | {"failover(7)"}) - pages_in(listed) - {name})]
    all_of_them = [f"{other}({section})" for other, section in _PAGE.findall(listed)]
    found += [f"SEE ALSO has {other} twice" for other in sorted({each for each in all_of_them if all_of_them.count(each) > 1})]
    return found + ([f"SEE ALSO has {name} itself"] if name in all_of_them else [])


def _in_the_tree(path, there):
    path = path.rstrip("/.")
    return path in there or any(name.startswith(path + "/") for name in there)


def wrong_links(text, there, folder=""):
    """Markdown links to files that are not there; `folder` is where the text lies."""
    return [f"the link to {target} leads nowhere" for target in _LINK.findall(text) if not _in_the_tree(folder + target, there)]


def wrong_paths(text, there):
    """Paths of the repository in a text: examples/x, `tests/run`, _man/y_; a * or NAME stands for anything."""
    found = set()
    for match in _PATH.finditer(plain(text)):
        path = match[1].rstrip("_") + ("*" if match.string.startswith("*", match.end()) else "")
        if re.search(r"NAME|KIND|ROOM|FOLDER|FILE|\*", path) or _in_the_tree(path, there):
            continue
        found.add(f"{path} is not there")
    return sorted(found)


def wrong_modules(text, rooms, there):
    """`net/libcurl` in ARCHITECTURE.md: a file of a room of lib, without its ending."""
    found = []
    for word in _QUOTED.findall(text):
        room, _, rest = word.partition("/")
        if room in rooms and rest and not any(_in_the_tree(f"lib/{word}{end}", there) for end in ("", ".hpp", ".cpp")):
            found.append(f"{word} is no file of lib/{room}")
    return found


def wrong_units(text, units):
    """Units like fo-watch@failover.service, against their files: fo-watch@.service."""
    names = {re.sub(r"@[a-z]+", "@", name) for name in _UNIT.findall(plain(text))}
    return [f"{name} is no unit that is shipped" for name in sorted(names - units)]
