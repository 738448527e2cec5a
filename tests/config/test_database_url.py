"""DATABASE_URL: whole addresses are understood, anything else is refused without repeating a password."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from sipingtai.config.database import databases, parse_url


def test_host_and_port() -> None:
    assert parse_url("postgresql://app:p%40ss@db.example:5433/matters?sslmode=require") == {
        "HOST": "db.example",
        "PORT": "5433",
        "NAME": "matters",
        "USER": "app",
        "PASSWORD": "p@ss",
        "OPTIONS": {"sslmode": "require"},
    }


def test_socket_folder() -> None:
    found = parse_url("postgresql://app@/matters?host=/run/postgresql")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/postgresql", "", {})


@pytest.mark.parametrize(
    "url",
    ["mysql://a:geheim@h/d", "postgresql://a:geheim@h", "postgresql://h/d", "postgresql://a:geheim@h:x/d", "geheim"],
)
def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        parse_url(url)
    assert "geheim" not in str(refused.value)


def test_both_roles_are_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@h/d")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"):
        databases(tmp_path)
