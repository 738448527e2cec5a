"""How often one address may knock: counted in the cache all processes share, under a keyed digest of the address."""

import ipaddress
import time

from attrs import frozen
from django.core.cache import cache
from django.http import HttpRequest

from sipingtai.access.keys import installed_keys
from sipingtai.access.sm import hmac_sm3


@frozen
class Pace:
    """At most `times` in each `window` seconds. Generous: a village often shares one address."""

    name: str
    times: int
    window: int

    def reached(self, request: HttpRequest) -> bool:
        """Whether the limit has been reached already."""
        return int(cache.get(self._key(request), 0)) >= self.times

    def count(self, request: HttpRequest) -> None:
        key = self._key(request)
        if not cache.add(key, 1, self.window):
            try:
                cache.incr(key)
            except ValueError:  # ran out between the two
                cache.set(key, 1, self.window)

    def _key(self, request: HttpRequest) -> str:
        part = int(time.time()) // self.window
        return f"pace:{self.name}:{part}:{_whence(request)}"


REPORTS = Pace("reports", 20, 3600)  # cases that came of it
SENDINGS = Pace(
    "sendings", 60, 3600
)  # forms sent, refused and repeated ones too: each is read, its photos decoded and kept
WRONG_CODES = Pace("wrong-codes", 20, 15 * 60)


def _whence(request: HttpRequest) -> str:
    """A digest of the visitor's address; of an IPv6 address its /64, which one subscriber owns whole."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        ip = ipaddress.ip_address(address)
        address = str(ipaddress.ip_network((ip, 32 if ip.version == 4 else 64), strict=False))
    except ValueError:
        pass
    return hmac_sm3(installed_keys().current("tracking").derive(b"pace"), address.encode()).hex()
