"""A certificate authority of a test, and what it signs."""

import ssl
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


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
