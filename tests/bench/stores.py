"""The stores that fo-fetch is measured at: a real server each, and how fo-fetch and others bring its one object over a line."""

import os
import shutil
import subprocess
from pathlib import Path

from support.backups import set_age
from support.gcs_emulator import GcsEmulator
from support.node_package import node_package
from support.s3rver import S3rver
from support.smbd import Smbd
from support.sshd import Sshd
from support.tool import path as tool_path
from support.web_store import WebStore
from support.server import free_port

NAME = "PBX.zip"
NODE_CLIENT = ("@google-cloud/storage", "7.22.0")


class Store:
    """`port` is the server's, `object` the file that it serves. A way is (command, what is added to its environment)."""

    peers = ()

    def __init__(self, folder):
        self.folder = Path(folder)
        self.server = self.make()
        self.server.start()
        self.port = self.server.port

    def put(self, archive, age):
        shutil.copyfile(archive, self.object)
        set_age(self.object, age)

    def ours(self, port, out, *more):
        location, options = self.location(port)
        return [tool_path("fo-fetch"), "--config", "/dev/null", location, "-o", out, "--state-dir", self.folder / "state", "--max-age", "30000d",
                *options, *more]

    def way(self, name, port, out):
        """@param port of the line to the server."""
        if name.startswith("fo-fetch"):
            more = {"fo-fetch whole": ["--delta", "off"], "fo-fetch, 1 connection": ["--delta", "off", "--connections", "1"], "fo-fetch delta": []}
            return self.ours(port, out, *more[name]), {}
        return getattr(self, name)(port, out / NAME)

    def close(self):
        self.server.close()


class SftpStore(Store):
    peers = ("sftp", "lftp", "rclone", "curl", "rsync")

    def make(self):
        return Sshd(settings=["MaxStartups 100:30:200"])

    @property
    def object(self):
        return self.server.store / NAME

    def _known_hosts(self, port):
        path = self.folder / "known_hosts"
        path.write_text(self.server.known_hosts.read_text(encoding="ascii").replace(f":{self.port} ", f":{port} "), encoding="ascii")
        return path

    def _ssh(self, port):
        return ["-F", "none", "-i", str(self.server.identity), "-o", f"UserKnownHostsFile={self._known_hosts(port)}", "-o", "StrictHostKeyChecking=yes",
                "-o", "BatchMode=yes"]

    def location(self, port):
        return (f"sftp://{self.server.user}@127.0.0.1:{port}{self.object}",
                ["--identity-file", self.server.identity, "--known-hosts", self._known_hosts(port)])

    def sftp(self, port, target):
        return ["sftp", "-q", "-P", port, *self._ssh(port), f"{self.server.user}@127.0.0.1:{self.object}", target], {}

    def lftp(self, port, target):
        connect = " ".join(["ssh", "-a", "-x", "-p", str(port), *self._ssh(port)])
        return ["lftp", "-c", f"set sftp:connect-program '{connect}'; open -u {self.server.user},x sftp://127.0.0.1:{port}; get {self.object} -o {target}"], {}

    def rclone(self, port, target):
        remote = f":sftp,host=127.0.0.1,port={port},user={self.server.user},key_file={self.server.identity},shell_type=none,disable_hashcheck=true:"
        return ["rclone", "--config", "/dev/null", "copyto", f"{remote}{self.object}", target], {}

    def curl(self, port, target):
        key = self.server.identity
        return ["curl", "-sS", "--key", key, "--pubkey", f"{key}.pub", "-k", "-u", f"{self.server.user}:", "-o", target,
                f"sftp://127.0.0.1:{port}{self.object}"], {}

    def rsync(self, port, target):
        return ["rsync", "--no-whole-file", "-e", " ".join(["ssh", "-p", str(port), *self._ssh(port)]), f"{self.server.user}@127.0.0.1:{self.object}",
                target], {}


class PlainWebStore(WebStore):
    """Has a port without TLS, too, for what knows none."""

    def __init__(self):
        super().__init__()
        self.plain_port = free_port()
        settings = self.dir / "nginx.conf"
        text = settings.read_text(encoding="ascii").replace(" ssl;", f" ssl; listen 127.0.0.1:{self.plain_port};", 1)
        settings.write_text(text.replace("http {", "http {\n  ssl_protocols TLSv1.2 TLSv1.3;", 1), encoding="ascii")


class HttpsStore(Store):
    peers = ("zsync", "curl", "rclone")

    def make(self):
        return PlainWebStore()

    @property
    def object(self):
        return self.server.store / NAME

    def put(self, archive, age):
        super().put(archive, age)
        subprocess.run(["zsyncmake", "-u", NAME, "-o", f"{self.object}.zsync", self.object], check=True, capture_output=True)

    def server_port(self, name):
        return self.server.plain_port if name == "zsync" else self.port

    def location(self, port):
        return f"https://127.0.0.1:{port}/store/{NAME}", ["--ca-file", self.server.authority.certificate]

    def zsync(self, port, target):
        """Over plain HTTP: it knows no TLS."""
        return ["sh", "-c", f'cd {target.parent} && exec zsync -q -i {target} -o {target} http://127.0.0.1:{port}/store/{NAME}.zsync'], {}

    def curl(self, port, target):
        return ["curl", "-sS", "--cacert", self.server.authority.certificate, "-o", target, f"https://127.0.0.1:{port}/store/{NAME}"], {}

    def rclone(self, port, target):
        return ["rclone", "--config", "/dev/null", "--ca-cert", self.server.authority.certificate, "--http-url", f"https://127.0.0.1:{port}/store/", "copyto",
                f":http:{NAME}", target], {}


class SmbStore(Store):
    peers = ("smbclient", "rclone")

    def make(self):
        return Smbd()

    @property
    def object(self):
        return self.server.store / NAME

    def location(self, port):
        return self.server.url(NAME, port=port), ["--password-file", self.server.password_file]

    def smbclient(self, port, target):
        who = self.folder / "smb"
        who.write_text(f"username = {self.server.user}\npassword = {self.server.password}\n", encoding="ascii")
        return ["smbclient", "-s", "/dev/null", "-p", port, "-A", who, "--client-protection=sign", "//127.0.0.1/backups", "-c", f"get {NAME} {target}"], {}

    def rclone(self, port, target):
        hidden = subprocess.run(["rclone", "obscure", self.server.password], check=True, capture_output=True, text=True).stdout.strip()
        return ["rclone", "--config", "/dev/null", "copyto", f":smb,host=127.0.0.1,port={port},user={self.server.user},pass={hidden}:backups/{NAME}", target], {}


class GcsStore(Store):
    peers = ("node",)

    def make(self):
        return GcsEmulator()

    def put(self, archive, _age):
        self.object = Path(archive)
        self.server.put(NAME, self.object.read_bytes())

    def location(self, port):
        return f"gs://{self.server.bucket}/{NAME}", ["--endpoint", f"127.0.0.1:{port}"]

    def node(self, port, target):
        script = (f"const {{Storage}} = require('@google-cloud/storage'); new Storage({{projectId: 'p', apiEndpoint: 'http://127.0.0.1:{port}'}})"
                  f".bucket('{self.server.bucket}').file('{NAME}').download({{destination: '{target}', validation: 'crc32c'}}).catch(e => {{ console.error(e); process.exit(1); }})")
        return ["node", "-e", script], {"NODE_PATH": str(node_package(*NODE_CLIENT)), "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}"}


class S3Store(Store):
    peers = ("rclone",)

    def make(self):
        return S3rver()

    def put(self, archive, age):
        self.object = Path(archive)
        self.server.put(NAME, self.object.read_bytes(), int(os.stat(archive).st_mtime - age))

    def location(self, port):
        path = self.folder / "s3"
        path.write_text("[default]\naws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\nregion = us-east-1\n", encoding="ascii")
        path.chmod(0o600)
        return f"s3://{self.server.bucket}/{NAME}", ["--endpoint", f"http://127.0.0.1:{port}", "--credentials-file", path]

    def rclone(self, port, target):
        settings = {"TYPE": "s3", "PROVIDER": "Other", "ACCESS_KEY_ID": "S3RVER", "SECRET_ACCESS_KEY": "S3RVER", "ENDPOINT": f"http://127.0.0.1:{port}",
                    "FORCE_PATH_STYLE": "true"}
        return ["rclone", "--config", "/dev/null", "copyto", f"store:{self.server.bucket}/{NAME}", target], {
            f"RCLONE_CONFIG_STORE_{key}": value for key, value in settings.items()}
