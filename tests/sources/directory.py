"""A slapd on 127.0.0.1 with 10,000 people, an authority of its own, and a bind that may read all, and one that may not."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from uuid import UUID

SLAPD = shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
SECRET = "s3cr3t of the directory"
PEOPLE = "ou=People,dc=acme,dc=example"
GUID = UUID("6731de76-14a6-49ae-97bc-6eba6914391e")
MISNAMED = "127.0.0.2"
"""The server is there too, but its certificate does not say so."""
MANY = 10_000
START_SECONDS = 10

SETTINGS = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.99999.1 NAME 'userAccountControl' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.2 NAME 'objectGUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.3 NAME 'leaves' SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.99999.4 NAME 'worker' SUP top AUXILIARY MAY ( userAccountControl $ objectGUID $ leaves ) )
modulepath {modules}
moduleload back_mdb
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
security simple_bind=128
database mdb
suffix "dc=acme,dc=example"
directory {folder}/data
maxsize 268435456
index objectClass eq
limits dn.exact="cn=reader,dc=acme,dc=example" size=500 size.prtotal=unlimited
limits dn.exact="cn=tight,dc=acme,dc=example" size=500 size.prtotal=1000
access to attrs=userPassword by anonymous auth
access to * by users read
"""


@dataclass(frozen=True)
class Directory:
    plain: int
    """The port that StartTLS is spoken at."""
    tls: int
    ca: bytes


@contextmanager
def running(folder: Path) -> Iterator[Directory]:
    """The server, until it isn't needed any more."""
    assert SLAPD
    root = Path(SLAPD).parents[2]
    (folder / "data").mkdir()
    ca = _certificates(folder)
    told = SETTINGS.format(folder=folder, schema=root / "etc/ldap/schema", modules=root / "usr/lib/ldap")
    (folder / "slapd.conf").write_text(told)
    (folder / "people.ldif").write_text(_ldif())
    load = [SLAPD, "-Tadd", "-q", "-f", str(folder / "slapd.conf"), "-l", str(folder / "people.ldif")]
    subprocess.run(load, check=True, capture_output=True)
    plain, tls = _free(), _free()
    urls = " ".join(f"ldap://{host}:{plain}/ ldaps://{host}:{tls}/" for host in ("127.0.0.1", MISNAMED))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([SLAPD, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", urls], stderr=log)
    try:
        _answers(server, tls)
        yield Directory(plain, tls, ca)
    finally:
        server.terminate()
        server.wait(START_SECONDS)


def _answers(server: subprocess.Popen[bytes], port: int) -> None:
    until = monotonic() + START_SECONDS
    while monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            sleep(0.02)
    raise RuntimeError("slapd did not start")


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _ldif() -> str:
    top = ["dn: dc=acme,dc=example\nobjectClass: dcObject\nobjectClass: organization\no: Acme\ndc: acme\n"]
    binds = [
        f"dn: cn={name},dc=acme,dc=example\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
        f"cn: {name}\nuserPassword: {SECRET}\n"
        for name in ("reader", "tight")
    ]
    units = [
        f"dn: ou={name},dc=acme,dc=example\nobjectClass: organizationalUnit\nou: {name}\n"
        for name in ("People", "None")
    ]
    elsewhere = (
        "dn: ou=Elsewhere,dc=acme,dc=example\nobjectClass: referral\nobjectClass: extensibleObject\nou: Elsewhere\n"
        "ref: ldap://127.0.0.1:1/ou=Elsewhere,dc=acme,dc=example\n"
    )
    return "\n".join([*top, *binds, *units, elsewhere, *(_person(number) for number in range(MANY))])


def _person(number: int) -> str:
    """Number 1 is switched off, leaves, has two titles, an identity and a photo; all others have number 0 as their manager."""
    lines = [
        f"dn: uid=p{number:05},{PEOPLE}",
        *(f"objectClass: {name}" for name in ("inetOrgPerson", "worker")),
        f"uid: p{number:05}",
        f"cn: Person {number}",
        "sn: Person",
        f"mail: p{number:05}@acme.example",
        f"userAccountControl: {514 if number == 1 else 512}",
        f"objectGUID:: {b64encode(GUID.bytes_le).decode()}" if number == 1 else "",
        "leaves: 20261231000000Z\ntitle: Writer\ntitle: Editor\njpegPhoto:: /9j/" if number == 1 else "",
        f"manager: UID=p00000, {PEOPLE}" if number else "",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _certificates(folder: Path) -> bytes:
    """An authority, and the server's certificate for 127.0.0.1 and no name."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    now = datetime.now(UTC)
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def signed(name: str, of: ec.EllipticCurvePrivateKey, extensions: list[x509.ExtensionType]) -> bytes:
        made = x509.CertificateBuilder(
            named("Acme authority"), named(name), of.public_key(), x509.random_serial_number()
        )
        made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        # Python 3.13 asks for these of every certificate.
        keys = [
            x509.SubjectKeyIdentifier.from_public_key(of.public_key()),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
        ]
        for one in [*extensions, *keys]:
            made = made.add_extension(one, critical=isinstance(one, (x509.BasicConstraints, x509.KeyUsage)))
        return made.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    uses = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    never = dict.fromkeys((*uses, "crl_sign", "encipher_only", "decipher_only"), False)
    signs = x509.KeyUsage(key_cert_sign=True, **never)
    ca = signed("Acme authority", authority, [x509.BasicConstraints(ca=True, path_length=0), signs])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    (folder / "ca.pem").write_bytes(ca)
    (folder / "server.pem").write_bytes(signed("directory", key, [address]))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(key.private_bytes(*form))
    return ca
