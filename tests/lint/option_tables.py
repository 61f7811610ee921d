"""The tools' option tables, as the build-only program fo-completions reads them."""

import functools
import json
import subprocess

from support.tool import path

TOOLS = ("fo-probe", "fo-fetch", "fo-restore", "fo-promote")


@functools.cache
def tables():
    """Tool -> {"options": [{"long", "short", "value", ..}], "operands": [..], "commands": [..]}."""
    done = subprocess.run([path("fo-completions"), "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def long_names(tool):
    return {name for option in tables()[tool]["options"] for name in option["long"]}


def short_names(tool):
    return {name for option in tables()[tool]["options"] for name in option["short"]}


def command_names(tool):
    """The long options that one command alone takes: no keys of the configuration."""
    return {name for command in tables()[tool]["commands"] for option in command["options"] for name in option["long"]}


def commands(tool):
    """ "run", "dns", "dns show", .."""
    found = []
    for command in tables()[tool]["commands"]:
        found.append(command["name"])
        found += [f"{command['name']} {nested['name']}" for nested in command["commands"]]
    return found
