"""A small FTP server of a folder that can be told to answer something else: what a real server never says must be said by a script."""

import contextlib
import socket
import ssl
import threading
import time

FEATURES = ("EPSV", "MDTM", "MLST type*;size*;modify*;", "REST STREAM", "SIZE", "UTF8")


def unix_line(path):
    moment = time.strftime("%b %d  %Y", time.gmtime(path.stat().st_mtime))
    kind = "d" if path.is_dir() else "-"
    return f"{kind}rw-r--r--   1 owner    group    {path.stat().st_size:>8} {moment} {path.name}"


def dos_line(path):
    moment = time.strftime("%m-%d-%y  %I:%M%p", time.gmtime(path.stat().st_mtime))
    size = "<DIR>         " if path.is_dir() else f"{path.stat().st_size:>20}"
    return f"{moment}       {size} {path.name}" if path.is_dir() else f"{moment} {size} {path.name}"


def facts(path):
    moment = time.strftime("%Y%m%d%H%M%S", time.gmtime(path.stat().st_mtime))
    return f"type={'dir' if path.is_dir() else 'file'};size={path.stat().st_size};modify={moment}; {path.name}"


class ScriptedFtp:
    """Serves `folder` as "/" on `address`. Before or between connections a test may change:

    replies     VERB -> what is said instead of doing it; "GREETING" is one, too. None: hang up
    data        VERB -> function(bytes of the truth) -> iterable of bytes that are sent; an endless one may be
    line        how LIST writes a name
    features    what FEAT says
    passive     host of PASV's reply; EPSV is known only if features have it
    tls         server_context() for AUTH TLS; data_tls another one for the data connections
    good_bye    whether TLS is told that the data ends
    """

    def __init__(self, test, folder, tls=None, address="127.0.0.1"):
        self.folder, self.tls, self.data_tls, self.address = folder.resolve(), tls, tls, address
        self.replies, self.data, self.line = {}, {}, unix_line
        self.features, self.passive, self.good_bye = FEATURES, address, True
        self.asked = []
        self._listener = socket.create_server((address, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        test.addCleanup(self.close)

    def url(self, path=""):
        return f"{'ftps' if self.tls else 'ftp'}://{self.address}:{self.port}/{path}"

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=_Session(self, connection).run, daemon=True).start()


class _Session:
    def __init__(self, server, connection):
        self.server, self.control = server, connection
        self.here, self.offset, self.passive = server.folder, 0, None

    def run(self):
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            self._converse()
        for each in (self.passive, self.control):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()

    def _say(self, text):
        self.control.sendall(text.encode() + b"\r\n")

    def _converse(self):
        pending = b""
        self._say(self.server.replies.get("GREETING", "220 ready"))
        while True:
            while b"\r\n" not in pending:
                data = self.control.recv(65536)
                if not data:
                    return
                pending += data
            line, _, pending = pending.partition(b"\r\n")
            verb, _, argument = line.decode().partition(" ")
            self.server.asked.append(line.decode())
            if verb in self.server.replies:
                if self.server.replies[verb] is None:
                    return
                self._say(self.server.replies[verb])
                continue
            getattr(self, f"_{verb.lower()}", self._unknown)(argument)

    def _path(self, argument):
        return self.server.folder / argument.lstrip("/") if argument.startswith("/") else self.here / argument

    def _unknown(self, _argument):
        self._say("500 not understood")

    def _auth(self, _argument):
        if not self.server.tls:
            self._say("500 not understood")
            return
        self._say("234 go on")
        self.control = self.server.tls.wrap_socket(self.control, server_side=True)

    def _user(self, _argument):
        self._say("331 password")

    def _pass(self, _argument):
        self._say("230 welcome")

    def _fine(self, _argument):
        self._say("200 fine")

    _type = _opts = _pbsz = _prot = _fine

    def _feat(self, _argument):
        self._say("\r\n".join(["211-Features:", *(f" {one}" for one in self.server.features), "211 End"]))

    def _pwd(self, _argument):
        here = "/" if self.here == self.server.folder else f"/{self.here.relative_to(self.server.folder)}"
        self._say(f'257 "{here}" is where we are')

    def _cwd(self, argument):
        path = self._path(argument)
        if not path.is_dir():
            self._say("550 no such folder")
            return
        self.here = path.resolve()
        self._say("250 here we are")

    def _listen(self):
        if self.passive is not None:
            self.passive.close()
        self.passive = socket.create_server((self.server.address, 0))
        return self.passive.getsockname()[1]

    def _epsv(self, argument):
        if "EPSV" in self.server.features:
            self._say(f"229 Entering Extended Passive Mode (|||{self._listen()}|)")
        else:
            self._unknown(argument)

    def _pasv(self, _argument):
        port = self._listen()
        self._say(f"227 Entering Passive Mode ({self.server.passive.replace('.', ',')},{port // 256},{port % 256})")

    def _size(self, argument):
        path = self._path(argument)
        self._say(f"213 {path.stat().st_size}" if path.is_file() else "550 no such file")

    def _mdtm(self, argument):
        path = self._path(argument)
        self._say(time.strftime("213 %Y%m%d%H%M%S", time.gmtime(path.stat().st_mtime)) if path.is_file() else "550 no such file")

    def _rest(self, argument):
        self.offset = int(argument)
        self._say(f"350 from {self.offset} on")

    def _retr(self, argument):
        path, offset, self.offset = self._path(argument), self.offset, 0
        self._send("RETR", path.read_bytes()[offset:] if path.is_file() else None)

    def _mlsd(self, argument):
        path = self._path(argument)
        self._send("MLSD", "".join(facts(one) + "\r\n" for one in path.iterdir()).encode() if path.is_dir() else None)

    def _list(self, _argument):
        self._send("LIST", "".join(self.server.line(one) + "\r\n" for one in self.here.iterdir()).encode())

    def _send(self, verb, truth):
        if truth is None or self.passive is None:
            self._say("550 no such file")
            return
        data, _ = self.passive.accept()
        self._say("150 here it comes")
        lost = False
        try:
            if self.server.data_tls:
                data = self.server.data_tls.wrap_socket(data, server_side=True)
            for piece in self.server.data.get(verb, lambda whole: [whole])(truth):
                data.sendall(piece)
            if self.server.data_tls and self.server.good_bye:
                data.setblocking(False)  # whoever reads need not answer the good-bye
                with contextlib.suppress(ssl.SSLWantReadError):
                    data.unwrap()
        except OSError:
            lost = True
        data.close()
        self._say("426 lost" if lost else self.server.replies.get("END", "226 done"))
