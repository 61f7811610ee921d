"""Small backups for the tests of fo-restore."""

import stat
import zipfile


def write_backup(path, files, modes=None, folders=()):
    """A deterministic zip of {name: bytes or str}."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in folders:
            archive.writestr(zipfile.ZipInfo(name + "/", (2026, 1, 2, 3, 4, 6)), b"")
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.external_attr = (stat.S_IFREG | (modes or {}).get(name, 0o644)) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def tree_of(root):
    """{path: content} of every file beneath, but for our own slots."""
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*")
            if path.is_file() and ".failover" not in path.parts}
