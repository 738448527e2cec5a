"""The audit log (审计日志): who used the system for what. It holds no resident's data and no whole address."""

import ipaddress

from sipingtai.access.models import Account, AuditEntry, AuditEvent


def record(event: AuditEvent, account: Account | None, *, subject: str = "", address: str = "") -> None:
    """Append one line, within the caller's transaction.

    `subject` is a business reference (case number, pack, token prefix), never a name or phone; `address` is the
    client's IP address, of which only the network is kept.
    """
    AuditEntry.objects.create(event=event, account=account, subject=subject[:200], network=network_of(address))


def network_of(address: str) -> str:
    """10.3.4.5 → 10.3.4.0/24, an IPv6 address → its /48; '' for anything else."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))
