"""A real etcd on loopback: one member or a cluster, plain or with TLS and client certificates."""

import base64
import json
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request

from support.server import Server, free_port, wait_until


def _b64(text):
    return base64.b64encode(text.encode()).decode()


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder, name="ca"):
    """NAME.pem is an authority; NAME-server.pem and NAME-client.pem, with their .key, are signed by it."""
    _openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    for role, usage in (("server", "serverAuth,clientAuth"), ("client", "clientAuth")):
        (folder / f"{role}.ext").write_text(f"subjectAltName=IP:127.0.0.1\nextendedKeyUsage={usage}\n")
        _openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={role}",
                 "-keyout", f"{name}-{role}.key", "-out", f"{name}-{role}.csr")
        _openssl(folder, "x509", "-req", "-in", f"{name}-{role}.csr", "-CA", f"{name}.pem", "-CAkey", f"{name}.key",
                 "-CAcreateserial", "-days", "2", "-extfile", f"{role}.ext", "-out", f"{name}-{role}.pem")


class Etcd(Server):
    """`members` are the peer URLs of a cluster by name, its own included; none: it is alone. `tls` is a folder of
    make_certificates; then clients need a certificate, too, unless `open_to_all`."""

    program = "etcd"

    def __init__(self, name="e1", members=None, tls=None, address="127.0.0.1", open_to_all=False):
        super().__init__()
        self.name = name
        self.tls = tls
        self.open_to_all = open_to_all
        self.place = f"{address}:{free_port()}"
        self.members = members or {name: f"http://127.0.0.1:{free_port()}"}

    def command(self):
        scheme = "https" if self.tls else "http"
        command = ["etcd", "--name", self.name, "--data-dir", str(self.dir / "data"),
                   "--listen-client-urls", f"{scheme}://{self.place}", "--advertise-client-urls", f"{scheme}://{self.place}",
                   "--listen-peer-urls", self.members[self.name], "--initial-advertise-peer-urls", self.members[self.name],
                   "--initial-cluster", ",".join(f"{name}={url}" for name, url in self.members.items()),
                   "--heartbeat-interval", "50", "--election-timeout", "500",
                   "--logger", "zap", "--log-level", "warn", "--bcrypt-cost", "4"]
        if self.tls:
            command += ["--cert-file", f"{self.tls}/ca-server.pem", "--key-file", f"{self.tls}/ca-server.key"]
            if not self.open_to_all:
                command += ["--trusted-ca-file", f"{self.tls}/ca.pem", "--client-cert-auth"]
        return command

    def call(self, path, timeout=5, **request):
        """POSTs to the JSON gateway."""
        context = None
        if self.tls:
            context = ssl.create_default_context(cafile=f"{self.tls}/ca.pem")
            if not self.open_to_all:
                context.load_cert_chain(f"{self.tls}/ca-client.pem", f"{self.tls}/ca-client.key")
        url = f"{'https' if self.tls else 'http'}://{self.place}/v3/{path}"
        with urllib.request.urlopen(url, json.dumps(request).encode(), timeout, context=context) as answer:
            return json.load(answer)

    def ready(self):
        """A linearizable read succeeds: there is a leader."""
        try:
            self.call("kv/range", 1, key=_b64("/"))
            return True
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def put(self, key, value, lease=None):
        self.call("kv/put", key=_b64(key), value=_b64(value), **({"lease": lease} if lease else {}))

    def get(self, key):
        kvs = self.call("kv/range", key=_b64(key)).get("kvs", [])
        return base64.b64decode(kvs[0]["value"]).decode() if kvs else None

    def grant(self, seconds):
        return self.call("lease/grant", TTL=str(seconds))["ID"]

    def wipe(self):
        """Everything it knew is gone, as after a new installation."""
        self.kill()
        shutil.rmtree(self.dir / "data")
        self.start()

    def url(self, prefix="failover/pbx", *others, query=""):
        places = ",".join([self.place, *(other.place for other in others)])
        return f"{'etcd+https' if self.tls else 'etcd'}://{places}/{prefix}{query}"

    def start_without_waiting(self):
        """For the members of a cluster, which are ready only together."""
        ready, self.ready = self.ready, lambda: True
        try:
            return self.start()
        finally:
            self.ready = ready


def start_cluster(test, count=3):
    members = {f"e{number}": f"http://127.0.0.1:{free_port()}" for number in range(1, count + 1)}
    cluster = [Etcd(name, members) for name in members]
    for one in cluster:
        test.addCleanup(one.close)
        one.start_without_waiting()
    for one in cluster:
        wait_until(one.ready, f"a leader; {one.name} says: {one.log}", 20)
    return cluster
