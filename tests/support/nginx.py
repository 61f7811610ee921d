"""A real web server: nginx with a plain port, one with a self-signed certificate for pbx.example, one with an expired one."""

import subprocess

from support.server import Server, free_port, tcp_accepts

_CONFIG = """
daemon off;
master_process on;
worker_processes 1;
pid {dir}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  log_format asked '$http_host $request_uri';
  access_log {dir}/access.log asked;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  server {{
    listen 127.0.0.1:{port};
    {locations}
  }}
  server {{
    listen 127.0.0.1:{tls_port} ssl;
    ssl_certificate {dir}/good.pem; ssl_certificate_key {dir}/key.pem;
    {locations}
  }}
  server {{
    listen 127.0.0.1:{expired_port} ssl;
    ssl_certificate {dir}/expired.pem; ssl_certificate_key {dir}/key.pem;
    {locations}
  }}
}}
"""
_STATUSES = ("200", "401", "404", "500", "503")


class Nginx(Server):
    """/200, /302, /401, /404, /500 and /503 answer with that status, everything else with 200."""

    program = "nginx"

    def __init__(self):
        super().__init__()
        self.port, self.tls_port, self.expired_port = free_port(), free_port(), free_port()
        locations = "".join(f"location /{status} {{ return {status} ok; }} " for status in _STATUSES)
        locations += "location /302 { return 302 /elsewhere; } location / { return 200 ok; }"
        (self.dir / "nginx.conf").write_text(_CONFIG.format(
            dir=self.dir, port=self.port, tls_port=self.tls_port, expired_port=self.expired_port, locations=locations))
        self._make_certificate("good.pem", [])
        self._make_certificate("expired.pem", ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"])

    def _make_certificate(self, name, dates):
        key = self.dir / "key.pem"
        if not key.exists():
            self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        if not dates:
            self._openssl("req", "-x509", "-key", key, "-out", self.dir / name, "-days", "30", "-subj", "/CN=pbx.example",
                          "-addext", "subjectAltName=DNS:pbx.example")
            return
        # OpenSSL 3.0 gives dates of the past only through its CA command.
        (self.dir / "ca.conf").write_text(f"[ca]\ndefault_ca=c\n[c]\ndatabase={self.dir}/index\nserial={self.dir}/serial\n"
                                          f"new_certs_dir={self.dir}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
                                          "[e]\nsubjectAltName=DNS:pbx.example\n")
        (self.dir / "index").touch()
        (self.dir / "serial").write_text("01\n")
        self._openssl("req", "-new", "-key", key, "-out", self.dir / "request.pem", "-subj", "/CN=pbx.example")
        self._openssl("ca", "-batch", "-selfsign", "-config", self.dir / "ca.conf", "-keyfile", key, "-in", self.dir / "request.pem",
                      "-out", self.dir / name, "-startdate", dates[1], "-enddate", dates[3], "-extensions", "e", "-notext")

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def command(self):
        return ["nginx", "-e", "stderr", "-p", str(self.dir), "-c", str(self.dir / "nginx.conf")]

    def ready(self):
        return all(tcp_accepts("127.0.0.1", port) for port in (self.port, self.tls_port, self.expired_port))
