"""Stable codes of units: they outlive a change of name in the tables' ids, and other systems may quote them."""

from datetime import date


def room_code(area: str) -> str:
    """The command room of an area."""
    return f"{area}-指挥室"


def station_code(village: str) -> str:
    """The station of a village."""
    return f"{village}-工作站"


def platform_code(area: str, name: str) -> str:
    """A platform of an area."""
    return f"{area}-{name}"


def office_code(area: str, name: str) -> str:
    """An office of an area."""
    return f"{area}-{name}"


def grid_code(code: str) -> str:
    """A grid; its official code is unique by itself."""
    return code


def scheme_code(area: str, name: str, since: date) -> str:
    """A set-up of platforms from a day on."""
    return f"{area}-{name}-{since.isoformat()}"
