"""A certificate authority of a test, and what it signs."""

import ssl
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def self_signed(folder, ending, name="pbx.example", dates=None):
    """ENDING.pem for `name`, signed by itself with key.pem, both in the folder. `dates`: its first and last day as YYYYMMDD; else it
    is good from now on for 30 days."""
    key, certificate, request, settings = (folder / one for one in ("key.pem", f"{ending}.pem", "request.pem", "ca.conf"))
    if not key.exists():
        _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    if not dates:
        _openssl("req", "-x509", "-key", key, "-out", certificate, "-days", "30", "-subj", f"/CN={name}", "-addext",
                 f"subjectAltName=DNS:{name}")
        return certificate
    # OpenSSL 3.0 gives dates of the past only through its CA command.
    settings.write_text(f"[ca]\ndefault_ca=c\n[c]\ndatabase={folder}/index\nserial={folder}/serial\nnew_certs_dir={folder}\n"
                        f"default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:{name}\n",
                        encoding="ascii")
    (folder / "index").touch()
    (folder / "serial").write_text("01\n", encoding="ascii")
    _openssl("req", "-new", "-key", key, "-out", request, "-subj", f"/CN={name}")
    _openssl("ca", "-batch", "-selfsign", "-config", settings, "-keyfile", key, "-in", request, "-out", certificate, "-startdate",
             f"{dates[0]}000000Z", "-enddate", f"{dates[1]}000000Z", "-extensions", "e", "-notext")
    return certificate


class Authority:
    """Makes `ca.pem` in a folder; issue() adds NAME.pem, certificate and key in one file."""

    def __init__(self, folder, name="Test Authority"):
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                 "-keyout", self._key, "-out", self.certificate)

    def issue(self, name, alternative="IP:127.0.0.1"):
        """`alternative`: the subject's other names; a client needs none that fits."""
        key, request, signed, extension = (self.folder / f"{name}.{ending}" for ending in ("key", "csr", "crt", "ext"))
        extension.write_text(f"subjectAltName={alternative}\n", encoding="ascii")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-days", "2",
                 "-extfile", extension, "-out", signed)
        both = self.folder / f"{name}.pem"
        both.write_bytes(signed.read_bytes() + key.read_bytes())
        both.chmod(0o600)
        return both


def server_context(certificate, client_authority=None):
    """For a Python server; with `client_authority` its clients must show a certificate of that."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if client_authority:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
