"""Certificates: a local authority that browsers accept once trusted, and one's own checked before use."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from sipingtai.ops.tls import CertificateTrouble, check_own, how_to_trust, local_certificate

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ["localhost", "127.0.0.1", "[::1]", "zhihuishi.example"]


def test_the_leaf_names_every_host_and_is_signed_by_the_local_authority(tmp_path: Path) -> None:
    certificate, key, fresh = local_certificate(tmp_path, NAMES, NOW)
    leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate((tmp_path / "tls" / "ca.pem").read_bytes()))
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "zhihuishi.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert fresh
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    check_own(certificate, key, NOW)
    assert str(tmp_path / "tls" / "ca.pem") in how_to_trust(tmp_path)


def test_a_good_leaf_is_kept_and_a_due_one_renewed_under_the_same_authority(tmp_path: Path) -> None:
    certificate, _, _ = local_certificate(tmp_path, NAMES, NOW)
    authority = (tmp_path / "tls" / "ca.pem").read_bytes()
    first = certificate.read_bytes()
    assert not local_certificate(tmp_path, NAMES, NOW + timedelta(days=330))[2]
    assert certificate.read_bytes() == first
    assert local_certificate(tmp_path, NAMES, NOW + timedelta(days=340))[2]
    assert certificate.read_bytes() != first
    assert (tmp_path / "tls" / "ca.pem").read_bytes() == authority


def test_a_new_host_name_gets_a_new_leaf(tmp_path: Path) -> None:
    local_certificate(tmp_path, NAMES, NOW)
    assert local_certificate(tmp_path, [*NAMES, "10.0.0.8"], NOW)[2]


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    certificate, key, _ = local_certificate(tmp_path, NAMES, NOW)
    with pytest.raises(CertificateTrouble, match="有效期"):
        check_own(certificate, key, NOW + timedelta(days=400))


def test_a_certificate_with_another_key_is_refused(tmp_path: Path) -> None:
    certificate, _, _ = local_certificate(tmp_path / "a", NAMES, NOW)
    _, key, _ = local_certificate(tmp_path / "b", NAMES, NOW)
    with pytest.raises(CertificateTrouble, match="不是一对"):
        check_own(certificate, key, NOW)


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    certificate, key, _ = local_certificate(tmp_path, NAMES, NOW)
    (tmp_path / "x.pem").write_text("不是证书", encoding="utf-8")
    with pytest.raises(CertificateTrouble, match="证书文件"):
        check_own(tmp_path / "x.pem", key, NOW)
    with pytest.raises(CertificateTrouble, match="私钥文件"):
        check_own(certificate, tmp_path / "x.pem", NOW)
