"""Posts (岗位), the seats where they are held, and the actor who asks for a move."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen


class Post(StrEnum):
    """What a person is appointed to. Which moves a post may make stands in `table.py`, nowhere else."""

    LEADER = "leader"
    CHIEF = "chief"
    DUTY = "duty"
    ROOM_HEAD = "room-head"
    INTAKE = "intake"
    ANALYST = "analyst"
    DISPATCHER = "dispatcher"
    ASSESSOR = "assessor"
    PLATFORM_HEAD = "platform-head"
    PLATFORM_CLERK = "platform-clerk"
    OFFICE_HEAD = "office-head"
    HANDLER = "handler"
    STATION = "station"
    GRID_HEAD = "grid-head"
    GRID_WORKER = "grid-worker"
    OVERSIGHT = "oversight"
    SYSTEM_ADMIN = "system-admin"
    SECURITY_ADMIN = "security-admin"
    AUDIT_ADMIN = "audit-admin"

    @property
    def label(self) -> str:
        return POST_LABELS[self]


POST_LABELS = {
    Post.LEADER: "主要领导",
    Post.CHIEF: "总指挥",
    Post.DUTY: "值班领导",
    Post.ROOM_HEAD: "指挥室主任",
    Post.INTAKE: "信息汇总岗",
    Post.ANALYST: "综合研判岗",
    Post.DISPATCHER: "流转督办岗",
    Post.ASSESSOR: "绩效评估岗",
    Post.PLATFORM_HEAD: "平台负责人",
    Post.PLATFORM_CLERK: "平台日常管理",
    Post.OFFICE_HEAD: "科室负责人",
    Post.HANDLER: "经办人",
    Post.STATION: "村级工作站",
    Post.GRID_HEAD: "网格长",
    Post.GRID_WORKER: "网格员",
    Post.OVERSIGHT: "监督",
    Post.SYSTEM_ADMIN: "系统管理员",
    Post.SECURITY_ADMIN: "安全管理员",
    Post.AUDIT_ADMIN: "审计管理员",
}


@frozen(order=True)
class Seat:
    """A post at a unit: 流转督办岗 of this command room, 经办人 of that office."""

    unit: int
    post: Post


class ActorKind(StrEnum):
    """Who acts: a person of the staff, the reporter, an outside system, or the system itself."""

    PERSON = "person"  # somebody signed in
    REPORTER = "reporter"  # whoever proves to have reported this case: tracking code, or the caller on the phone
    SYSTEM = "system"  # the clock, a reorganisation, a case that follows another
    LINK = "link"  # an outside system


@frozen(kw_only=True)
class Actor:
    """Who asks. `person` is the account's id, 0 where nobody is signed in.

    Seats held as a substitute (B岗) or on duty count like one's own; what one may not do for having worked on a case
    is tested by person, so that a second seat or a substitute's seat opens no way round (I4).
    """

    kind: ActorKind
    person: int = 0
    seats: frozenset[Seat] = frozenset()
    substitute: frozenset[Seat] = frozenset()
    # The same by unit: asked some hundred times for every case that is looked at.
    _posts: Mapping[int, set[Post]] = field(init=False, eq=False, repr=False)

    @_posts.default
    def _by_unit(self) -> Mapping[int, set[Post]]:
        found: dict[int, set[Post]] = {}
        for seat in self.seats | self.substitute:
            found.setdefault(seat.unit, set()).add(seat.post)
        return found

    def holds(self, unit: int | None, *posts: Post) -> bool:
        """Whether the actor has one of these posts at the unit, in their own name or as a substitute."""
        held = self._posts.get(unit) if unit is not None else None
        return held is not None and not held.isdisjoint(posts)

    def sits(self, seat: Seat) -> bool:
        """Whether the actor has this very seat, in their own name or as a substitute."""
        return self.holds(seat.unit, seat.post)

    @property
    def units(self) -> frozenset[int]:
        """Every unit where the actor has any seat."""
        return frozenset(self._posts)


SYSTEM = Actor(kind=ActorKind.SYSTEM)
