"""Addresses that a page names by the dozen (地址): put together, for working each out takes as long as a row."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=64)
def page(name: str) -> str:
    """The address of a page that takes no arguments."""
    return reverse(name)


def case(number: str) -> str:
    """A case's page."""
    return f"{_before()}{number}"


def move(number: str, action: str) -> str:
    """A move on a case: its form, and making it."""
    return f"{_before()}{number}/{action}"


@lru_cache(maxsize=1)
def _before() -> str:
    return reverse("desk:case", args=["0"]).removesuffix("0")
