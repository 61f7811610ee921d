"""The state table of a promotion as text for failover(7), made of what `fo-promote --print-states=dot` prints.

python3 -B -m lint.state_diagram   writes it into the page anew (in tests/, with FO_BIN and FO_SOURCE_DIR)
"""

import re
import textwrap

from support.tool import SOURCE_DIR, run

PAGE = SOURCE_DIR / "man" / "failover.7.scd"
_BEGIN = "; The steps and their kinds are made by tests/lint/state_diagram.py of the table in lib/promote.\n"
_END = "; Until here.\n"
_NODE = re.compile(r'^  "([^"]+)" \[fillcolor=\w+, label="([^"]+)"\];$', re.MULTILINE)
_EDGE = re.compile(r'^  "([^"]+)" -> "([^"]+)"(?: \[style=dashed, label="crash: ([^"]+)"\])?;$', re.MULTILINE)


def rows(dot):
    """(step, what it does, ways on after a crash in it, the step after it or None), in their order."""
    ways, after = {}, {}
    for source, end, way in _EDGE.findall(dot):
        if way:
            ways.setdefault(source, []).append(way.replace("\\n", " "))
        else:
            after[source] = end
    found = []
    for name, label in _NODE.findall(dot):
        words = label.replace("\\n", " ").removeprefix(name).split(" after a crash: ")
        found.append((name, words[0].strip(), tuple(ways.get(name, ())), after.get(name)))
    return found


def text(dot):
    """The region of the page: the diagram, and what its letters mean."""
    table = rows(dot)
    kinds = list(dict.fromkeys(way for _, _, way, _ in table if way))
    lines = []
    for name, what, way, after in table:
        letter = "ABCDEFG"[kinds.index(way)] if way else " "
        said = textwrap.wrap(what, 54)
        lines.append(f"{name:<14} {letter}  {said[0]}")
        lines += [f"{'   |' if after else '':<18}{more}" for more in said[1:]]
        lines += ["   v"] if after else []
    legend = "\n".join(f"*{'ABCDEFG'[index]}*\n\t{', '.join(way)}\n" for index, way in enumerate(kinds))
    return "```\n" + "\n".join(lines) + "\n```\n\nAfter a crash in a step marked\n\n" + legend


def region(page):
    """The text before the region, the region, and what follows it."""
    before, _, rest = page.partition(_BEGIN)
    inside, _, after = rest.partition(_END)
    return before + _BEGIN, inside, _END + after


def wanted():
    return text(run("fo-promote", "--print-states=dot").stdout)


if __name__ == "__main__":
    head, _, tail = region(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(head + wanted() + tail, encoding="utf-8")
