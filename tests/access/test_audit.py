"""What the audit log keeps of an address."""

import pytest

from sipingtai.access.audit import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.3.4.5", "10.3.4.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:10.3.4.5", "10.3.4.0/24"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_only_the_network_is_kept(address: str, network: str) -> None:
    assert network_of(address) == network
