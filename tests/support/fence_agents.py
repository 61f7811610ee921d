"""Fence agents for tests: a script that is one in form and does what a test says, and the device of a real one."""

import http.server
import json
import ssl
import threading
from pathlib import Path

from support.etcd import make_certificates

ACTIONS = ("off", "reboot", "status", "list", "monitor", "metadata")

_AGENT = """#!/bin/sh
# Reads its options as agents do, keeps them and its arguments, and does what the case below says for the action.
cd {folder}
[ $# = 0 ] || echo "$@" >> arguments
cat > options
action=$(sed -n 's/^action=//p' options)
echo "$action" >> actions
env > environment
cp options "options.$action"
case $action in
{behaviour}
metadata) cat metadata ;;
list) printf '7,the-node\\n8,another\\n' ;;
monitor) exit 0 ;;
status) [ -e {power} ] || exit 2 ;;
off) rm -f {power} ;;
*) exit 1 ;;
esac
"""


def metadata(actions=ACTIONS, automatic=0):
    parameters = "".join(f'\t<parameter name="{name}" unique="0" required="{int(name == "plug")}">\n\t</parameter>\n'
                         for name in ("action", "ip", "username", "password", "plug"))
    offered = "".join(f'\t<action name="{name}" />\n' for name in actions)
    return (f'<?xml version="1.0" ?>\n<resource-agent name="fence_scripted" shortdesc="for tests" >\n<parameters>\n{parameters}'
            f'</parameters>\n<actions>\n\t<action name="on" automatic="{automatic}"/>\n{offered}</actions>\n</resource-agent>\n')


class ScriptedAgent:
    """`behaviour`: cases of a shell's case statement that go before the good ones. Plug 7 has power while the file is there."""

    def __init__(self, folder, behaviour="", power=None, **about):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.power = Path(power or self.folder / "power")
        self.file = self.folder / "fence_scripted"
        self.file.write_text(_AGENT.format(folder=self.folder, power=self.power, behaviour=behaviour.format(d=self.folder, power=self.power)),
                             encoding="utf-8")
        self.file.chmod(0o700)
        (self.folder / "metadata").write_text(metadata(**about), encoding="utf-8")

    def spec(self, plug="7", **options):
        more = "".join(f"&{name.replace('_', '-')}={value}" for name, value in options.items())
        return f"agent:{self.file}?plug={plug}{more}"

    def read(self, name):
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    @property
    def actions(self):
        return self.read("actions").split()


class DockerDevice(http.server.ThreadingHTTPServer):
    """What fence_docker asks and orders: containers by Id, with a name, that run or have exited. `deaf`: it obeys and does nothing."""

    daemon_threads = True

    def __init__(self, folder, containers):
        super().__init__(("127.0.0.1", 0), _DockerHandler)
        make_certificates(Path(folder))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/ca-server.pem", f"{folder}/ca-server.key")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.containers = containers  # {id: [name, running]}
        self.deaf = False
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def spec(self, plug, **options):
        more = "".join(f"&{name.replace('_', '-')}={value}" for name, value in options.items())
        return f"agent:fence_docker?ip=127.0.0.1&ipport={self.server_port}&ssl_insecure=1&plug={plug}{more}"

    def close(self):
        self.shutdown()
        self.server_close()


class _DockerHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        parts = self.path.split("?")[0].split("/")[3:]
        if parts == ["json"]:
            self._answer([{"Id": key, "Names": [f"/{name}"], "Status": "Up 2 hours" if running else "Exited (0) 1 second ago"}
                          for key, (name, running) in self.server.containers.items()])
        elif parts[0] in self.server.containers:
            self._answer({"State": {"Running": self.server.containers[parts[0]][1]}})
        else:
            self._answer({"message": "no such container"}, 404)

    def do_POST(self):
        key = self.path.split("/")[3]
        if self.path.endswith("/kill") and key in self.server.containers and not self.server.deaf:
            self.server.containers[key][1] = False
        self._answer({})

    def _answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
