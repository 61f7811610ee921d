"""Backups of the shape that PBXs make, as far as it is publicly told (no original was at hand): 3CX, FreePBX, Asterisk."""

from support.backup_files import write_backup
from support.certificates import self_signed

GATEWAY = "<Gateway><Name>Carrier</Name><Host>sip.carrier.example</Host><Port>5060</Port></Gateway>"


def phone_system(extensions=20, version="20.0.5.551", queues=2, trunks=1, before="", after=""):
    """The XML database of a 3CX backup."""
    numbers = "".join(f"<Extension><Number>{100 + n}</Number><FirstName>Ann &amp; Bob</FirstName></Extension>" for n in range(extensions))
    numbers += "".join(f"<Queue><Number>{800 + n}</Number></Queue>" for n in range(queues))
    numbers += "".join(f"<ExternalLine><Number>{10000 + n}</Number></ExternalLine>" for n in range(trunks))
    header = f"<header><version>{version}</version></header>" if version else "<header/>"
    return (f'<?xml version="1.0" encoding="utf-8"?>\n{before}<PhoneSystem>{header}<Tenants><Tenant><DN>{numbers}</DN></Tenant></Tenants>'
            f"<Gateways>{GATEWAY}</Gateways>{after}</PhoneSystem>")


def write_3cx(path, folder=None, more=None, **shape):
    """`folder`: where a certificate can be made; without one there is none in the backup."""
    files = {"CompanyDb.xml": phone_system(**shape), "DbTables/audit_log.csv": "1;2\n", "ChatFiles/hello.txt": "hello"}
    if folder is not None:
        files["Certificates/pbx.example.pem"] = self_signed(folder, "pbx", "pbx.example", ("20260101", "20301231")).read_bytes()
    return write_backup(path, {**files, **(more or {})})


def write_asterisk(path):
    pjsip = ("[phone](!)\ntype=endpoint\n" + "".join(f"[{n}](phone)\nauth={n}\n" for n in range(100, 105)) +
             "[carrier]\ntype=endpoint\n[carrier]\ntype=registration\nserver_uri=sip:carrier.example:5080\nendpoint=carrier\n")
    return write_backup(path, {"etc/asterisk/pjsip.conf": pjsip, "etc/asterisk/queues.conf": "[general]\n[sales]\n",
                               "etc/asterisk/extensions.conf": "[default]\nexten => 100,1,Dial(PJSIP/100)\n",
                               "var/lib/asterisk/astdb.sqlite3": "database"})
