"""Certificates for `serve`: one's own, checked before use, or from an authority of this installation (本地颁发).

    $SIPINGTAI_HOME/keys/tls/ca.pem, ca.key          the authority, 10 years; may sign nothing but leaves
    $SIPINGTAI_HOME/keys/tls/server.pem, server.key  the leaf, 397 days (what browsers accept), renewed 60 days before

Keys are PKCS#8, as granian wants them.
"""

import ipaddress
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=60)
CLOCK_SLACK = timedelta(hours=1)  # clients whose clock runs behind ours


class CertificateTrouble(Exception):
    """A certificate cannot be used; the message tells what to do."""


def local_certificate(keys: Path, names: Sequence[str], now: datetime) -> tuple[Path, Path, bool]:
    """The leaf's certificate and key for `names` (hosts or addresses), and whether it was made just now."""
    folder = keys / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ca, ca_key = _authority(folder, now)
    certificate, key = folder / "server.pem", folder / "server.key"
    if _still_good(certificate, key, ca, names, now):
        return certificate, key, False
    _issue(certificate, key, ca=ca, ca_key=ca_key, names=names, now=now)
    return certificate, key, True


def check_own(certificate: Path, key: Path, now: datetime) -> None:
    """Raise CertificateTrouble unless the pair can be served: readable, belonging together, in date, key in PKCS#8."""
    try:
        leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except (OSError, ValueError) as error:
        raise CertificateTrouble(f"证书文件 {certificate} 无法读取，或不是 PEM 格式的证书。") from error
    try:
        content = key.read_bytes()
        secret = load_pem_private_key(content, None)
    except (OSError, ValueError, TypeError) as error:
        raise CertificateTrouble(f"私钥文件 {key} 无法读取，或不是未加密的 PEM 私钥。") from error
    if b"BEGIN PRIVATE KEY" not in content:
        raise CertificateTrouble(f"私钥须为 PKCS#8 格式，请执行：openssl pkcs8 -topk8 -nodes -in {key} -out 新私钥.pem")
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if secret.public_key().public_bytes(*form) != leaf.public_key().public_bytes(*form):
        raise CertificateTrouble("证书与私钥不是一对，请核对文件。")
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        raise CertificateTrouble(f"证书不在有效期内（至 {leaf.not_valid_after_utc:%Y-%m-%d}），请更换证书。")


def how_to_trust(keys: Path) -> str:
    """What a user does once, so that browsers trust the local authority."""
    ca = keys / "tls" / "ca.pem"
    print_ = x509.load_pem_x509_certificate(ca.read_bytes()).fingerprint(hashes.SHA256()).hex(":").upper()
    return (
        f"本机证书由本系统自己的颁发机构签发。请把 {ca} 安装到使用者电脑的“受信任的根证书颁发机构”，"
        f"并核对 SHA-256 指纹：\n  {print_}"
    )


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate, key = folder / "ca.pem", folder / "ca.key"
    if certificate.exists() and key.exists():
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        secret = load_pem_private_key(key.read_bytes(), None)
        if isinstance(secret, ec.EllipticCurvePrivateKey) and now + LEAF_LIFE < found.not_valid_after_utc:
            return found, secret
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"四平台本机证书颁发 {os.urandom(4).hex()}")])
    made = (
        _builder(name, name, secret.public_key(), now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(secret.public_key()), critical=False)
        .sign(secret, hashes.SHA256())
    )
    _write(key, _pem(secret))
    _write(certificate, made.public_bytes(Encoding.PEM))
    return made, secret


def _issue(
    certificate: Path, key: Path, *, ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey,
    names: Sequence[str], now: datetime,
) -> None:  # fmt: skip
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "四平台")])
    leaf = (
        _builder(subject, ca.subject, secret.public_key(), now, LEAF_LIFE)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(key, _pem(secret))
    _write(certificate, leaf.public_bytes(Encoding.PEM))


def _still_good(certificate: Path, key: Path, ca: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    try:
        check_own(certificate, key, now)
        leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
        leaf.verify_directly_issued_by(ca)
        held = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except Exception:  # whatever is wrong with it, a fresh one mends it
        return False
    return now + RENEW_BEFORE < leaf.not_valid_after_utc and set(held) == {_general_name(name) for name in names}


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - CLOCK_SLACK)
        .not_valid_after(now.astimezone(UTC) + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
