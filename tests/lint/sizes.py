"""How long files and functions may be: a file holds one thing, a function fits on a screen."""

import ast
import re

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

_NOISE = re.compile(
    r"""R"(?P<raw>[^()\\\s]{0,16})\(.*?\)(?P=raw)"   # raw strings
      | "(?:\\.|[^"\\\n])*"                           # strings
      | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'          # characters, but not the ' in 1'000
      | //[^\n]*
      | /\*.*?\*/
      | ^[ \t]*\#(?:\\\n|[^\n])*                      # preprocessor lines
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CONTAINER = re.compile(r"\b(namespace|class|struct|enum|union|extern)\b(?![^(]*\)\s*[^:]*$)")


def _without_noise(text):
    """The same text, line for line, without strings, comments and preprocessor lines."""
    return _NOISE.sub(lambda match: '""' + "\n" * match.group().count("\n"), text)


def functions(text):
    """(first line, last line) of each function body in C++ text; lambdas count as part of the function around them."""
    stack = []  # kind of each open brace
    found = []
    head = ""  # what stands before a brace: since the last ; { or }
    line = 1
    for character in _without_noise(text):
        if character == "\n":
            line += 1
        if character == "{":
            inside = any(kind == "function" for kind, _ in stack)
            kind = "block"
            if not inside and ")" in head and not _CONTAINER.search(head):
                kind = "function"
            stack.append((kind, line))
        elif character == "}" and stack:
            kind, first = stack.pop()
            if kind == "function":
                found.append((first, line))
        if character in "{};":
            head = ""
        else:
            head += character
    return found


def long_functions(path, text):
    if path.suffix == ".py":
        spans = [(node.lineno, node.end_lineno) for node in ast.walk(ast.parse(text))
                 if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    else:
        spans = functions(text)
    return [f"{path}:{first}: a function of {last - first + 1} lines; {LONGEST_FUNCTION} is the most"
            for first, last in spans if last - first + 1 > LONGEST_FUNCTION]


def long_file(path, text):
    lines = text.count("\n")
    return [f"{path}: {lines} lines; {LONGEST_FILE} is the most"] if lines > LONGEST_FILE else []
