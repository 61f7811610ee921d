"""Keys shared with a name server, as files in BIND's form that only their owner may read."""

import base64
import os

NAMES = ("fo", "plain", "wrong", "unknown")


def write_keys(folder, algorithm):
    """FOLDER/NAME.key for each name: fo may change the zone, plain is known but may not, wrong has the name of fo but another
    secret, unknown the server has never heard of. @return {name: secret in base64}"""
    secrets = {name: base64.b64encode(os.urandom(48)).decode() for name in NAMES}
    for name, secret in secrets.items():
        path = folder / f"{name}.key"
        path.write_text(f'key "{"fo" if name == "wrong" else name}" {{ algorithm {algorithm}; secret "{secret}"; }};\n', encoding="ascii")
        path.chmod(0o600)
    return secrets
