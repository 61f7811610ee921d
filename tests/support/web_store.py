"""nginx over TLS as a backup store: a folder with an index in JSON, one door for each way to prove oneself."""

import subprocess

from support.certificates import Authority
from support.server import Server, free_port, tcp_accepts

_CONFIG = """
daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
  access_log {dir}/access.log;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  charset utf-8;
  types {{ text/html html; }}
  default_type application/octet-stream;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {dir}/store.pem; ssl_certificate_key {dir}/store.pem;
    ssl_client_certificate {dir}/ca.pem; ssl_verify_client optional;
    root {dir};
    autoindex on; autoindex_format json;
    location /store/ {{ }}
    location /pages/ {{ alias {dir}/store/; autoindex_format html; }}
    location /bearer/ {{ alias {dir}/store/; if ($http_authorization != "Bearer {token}") {{ return 401; }} }}
    location /basic/ {{ alias {dir}/store/; auth_basic pbx; auth_basic_user_file {dir}/users; }}
    location /certificate/ {{ alias {dir}/store/; if ($ssl_client_verify != SUCCESS) {{ return 403; }} }}
    location /single/ {{ alias {dir}/store/; max_ranges 1; }}
    location /whole/ {{ alias {dir}/store/; max_ranges 0; }}
    location /moved/ {{ return 302 /store/a.zip; }}
    location /elsewhere/ {{ return 302 https://127.0.0.2:{port}/store/a.zip?key=hidden; }}
  }}
}}
"""


class WebStore(Server):
    """`store` holds the backups; `token`, `user` and `password` open /bearer/ and /basic/, `client` opens /certificate/."""

    program = "nginx"
    token, user, password = "tOken-very.secret", "pbx", "s3cret pass"

    def __init__(self):
        super().__init__()
        self.port = free_port()
        self.dir.chmod(0o755)  # workers of a server that root starts are somebody else
        self.store = self.dir / "store"
        self.store.mkdir()
        self.authority = Authority(self.dir)
        self.authority.issue("store")
        self.client = self.authority.issue("client", "DNS:client.example")
        digest = subprocess.run(["openssl", "passwd", "-apr1", self.password], check=True, capture_output=True, text=True).stdout
        (self.dir / "users").write_text(f"{self.user}:{digest}", encoding="ascii")
        (self.dir / "nginx.conf").write_text(_CONFIG.format(dir=self.dir, port=self.port, token=self.token), encoding="ascii")
        self.token_file = self._secret("token", self.token)
        self.password_file = self._secret("password", self.password)

    def _secret(self, name, text):
        path = self.dir / name
        path.write_text(text + "\n", encoding="ascii")
        path.chmod(0o600)
        return path

    def url(self, path="", door="store"):
        return f"https://127.0.0.1:{self.port}/{door}/{path}"

    def command(self):
        return ["nginx", "-e", "stderr", "-p", str(self.dir), "-c", str(self.dir / "nginx.conf")]

    def ready(self):
        return tcp_accepts("127.0.0.1", self.port)
