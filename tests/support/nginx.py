"""A real web server: nginx with a plain port, one with a self-signed certificate for pbx.example, one with an expired one."""

from support.certificates import self_signed
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
        self_signed(self.dir, "good")
        self_signed(self.dir, "expired", dates=("20200101", "20210101"))

    def command(self):
        return ["nginx", "-e", "stderr", "-p", str(self.dir), "-c", str(self.dir / "nginx.conf")]

    def ready(self):
        return all(tcp_accepts("127.0.0.1", port) for port in (self.port, self.tls_port, self.expired_port))
