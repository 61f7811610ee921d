"""The keys of failover.conf(5), made of the option tables.

python3 -B -m lint.config_page   writes them into the page anew (in tests/, with FO_BIN and FO_SOURCE_DIR)
"""

import re

from lint.option_tables import TOOLS, tables
from support.tool import SOURCE_DIR

PAGE = SOURCE_DIR / "man" / "failover.conf.5.scd"
_BEGIN = "; The keys are made by tests/lint/config_page.py of the option tables.\n"
_END = "; Until here.\n"
_COMMAND_LINE_ONLY = {"help", "version", "config"}


def plain(text):
    """Text in which nothing means anything to scdoc."""
    return re.sub(r"([\\*_<>`#~\[\]])", r"\\\1", text)


def keys_of(tool):
    """Key -> (value, repeatable, help), operands among them."""
    table = tables()[tool]
    found = {operand["value"].lower(): (operand["value"].upper(), operand["repeatable"], operand["help"]) for operand in table["operands"]}
    for option in table["options"]:
        found |= {name: (option["value"], option["repeatable"], option["help"]) for name in option["long"] if name not in _COMMAND_LINE_ONLY}
    return found


def paragraph(key, value, repeatable, said):
    value = re.sub(r":.*", "", value)  # N:UINT in [1 - 1000]
    head = f"*{key}* = _{plain(value)}_" if value else f"*{key}* = true|false"
    repeated = ", repeatable" if repeatable and value else ""
    said = re.sub(r"; repeatable| \(repeatable; ([^)]*)\)", lambda match: f" ({match[1]})" if match[1] else "", said)
    return f"{head}{repeated}\n\t{plain(said)}.\n"


def text():
    """The region of the page: what every program has first, then each program's own keys."""
    every = {tool: keys_of(tool) for tool in TOOLS}
    shared = [key for key in every[TOOLS[0]] if key != "timeout" and len({every[tool].get(key) for tool in TOOLS}) == 1]
    parts = [("KEYS OF EVERY PROGRAM", {key: every[TOOLS[0]][key] for key in shared})]
    parts += [(f"KEYS OF [{tool[3:]}]", {key: entry for key, entry in every[tool].items() if key not in shared}) for tool in TOOLS]
    blocks = []
    for title, keys in parts:
        blocks.append(f"# {title}\n")
        blocks += [paragraph(key, *entry) for key, entry in sorted(keys.items())]
    return "\n".join(blocks)


def region(page):
    """The text before the region, the region, and what follows it."""
    before, _, rest = page.partition(_BEGIN)
    inside, _, after = rest.partition(_END)
    return before + _BEGIN, inside.strip("\n") + "\n", _END + after


if __name__ == "__main__":
    head, _, tail = region(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(head + "\n" + text() + "\n" + tail, encoding="utf-8")
