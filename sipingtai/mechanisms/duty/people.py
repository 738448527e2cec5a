"""Who may be put on the rota: members of the leadership to lead, anybody who works in its offices beside them."""

from collections.abc import Iterable
from datetime import date

from attrs import frozen

from sipingtai.core.posts import Actor, Post
from sipingtai.core.setting import Level, Setting, UnitKind
from sipingtai.org.actors import LOOKING_ON
from sipingtai.org.models import PostHolding
from sipingtai.org.setting import valid_on

# 班子成员: whoever leads decides as chief. Nobody is lifted into it from the ranks, and the room's head, who fills in
# the rota, does not make themselves one by it.
LEADERS = (Post.LEADER, Post.CHIEF, Post.DUTY, Post.PLATFORM_HEAD, Post.OVERSIGHT)
_PLACES = (UnitKind.COMMAND, UnitKind.PLATFORM, UnitKind.OFFICE)
_RANK = {post: no for no, post in enumerate(LEADERS)}


@frozen(kw_only=True)
class Person:
    """Somebody who may be on duty."""

    id: int
    name: str
    account: str
    unit: str
    leads: bool  # may lead (值班领导)

    @property
    def key(self) -> str:
        """What stands for them in a form."""
        return str(self.id)


def may_fill_in(actor: Actor, command: int, setting: Setting) -> bool:
    """指挥室主任, 总指挥 and whoever stands above or in for them; not the leader on duty, who is so for a day."""
    chiefs = setting.rules(command).chiefs
    return actor.holds(command, Post.ROOM_HEAD) or any(actor.sits(seat) for seat in chiefs)


def duty_command(unit: int, setting: Setting) -> int | None:
    """The township's or county's command a unit lies under: where its people's rota is; None for what is unknown."""
    found = setting.units.get(unit)
    command = setting.commands.get(found.command) if found else None
    while command is not None and command.level is Level.VILLAGE:
        command = setting.commands.get(command.parent or 0)
    return command.id if command else None


def people(command: int, setting: Setting, at: date) -> tuple[Person, ...]:
    """Everybody who may be on duty at a command: the leadership by rank, then the others by account. One statement."""
    places = [
        u.id for u in setting.units.values() if u.active and u.command == command and u.kind in _PLACES
    ]  # fmt: skip
    held = PostHolding.objects.filter(
        valid_on(at), unit_id__in=places, substitute_for=None, account__is_active=True
    ).values_list("account_id", "account__display_name", "account__username", "unit_id", "post")
    seats: dict[int, list[tuple[str, str, int, Post]]] = {}
    for account, name, username, unit, post in held:
        seats.setdefault(account, []).append((name or username, username, unit, Post(post)))
    found = [_person(account, rows, setting) for account, rows in seats.items() if _works(rows)]
    return tuple(person for _, person in sorted(found, key=lambda ranked: (ranked[0], ranked[1].account)))


def _works(rows: Iterable[tuple[str, str, int, Post]]) -> bool:
    return any(post not in LOOKING_ON or post is Post.OVERSIGHT for *_, post in rows)


def _person(account: int, rows: list[tuple[str, str, int, Post]], setting: Setting) -> tuple[int, Person]:
    name, username, unit, highest = min(rows, key=lambda row: _RANK.get(row[3], len(_RANK)))
    leads = highest in _RANK
    person = Person(id=account, name=name, account=username, unit=setting.units[unit].name, leads=leads)
    return _RANK.get(highest, len(_RANK)), person


def by_name(found: Iterable[Person]) -> dict[str, list[Person]]:
    """People by what one may write for them: their name, or their account."""
    known: dict[str, list[Person]] = {}
    for person in found:
        for word in {person.name, person.account}:
            known.setdefault(word, []).append(person)
    return known
