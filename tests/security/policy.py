"""Who may see and do what, written by hand from the design (§2 idea 6, §3), not from the code's own answers.

`SEES`: case of the test world → who finds it; for everybody else it does not exist.
`MAY`: stage and action → who is named for it; for everybody else the move is refused and changes nothing.
"""

Names = frozenset[str]


def _(*names: str) -> Names:
    return frozenset(names)


INTAKE = _("intake", "analyst", "room-head", "dispatcher")  # the analyst is 汇总岗's B岗, the dispatcher the head's
ANALYST = INTAKE
DISPATCHER = _("dispatcher", "room-head")
WHOLE_ROOM = INTAKE | DISPATCHER
HEAD = _("room-head", "dispatcher")
CHIEF = _("chief", "leader", "mayor")
ROOM = WHOLE_ROOM | CHIEF | _("assessor")
PLATFORM = _("platform head", "stand-in head", "platform clerk")
PLATFORM_HEADS = _("platform head", "stand-in head")
OFFICE = _("office", "office head")
COUNTY_INTAKE = _("county intake", "county analyst", "county room-head", "county dispatcher")
COUNTY_CHIEF = _("county chief", "county leader")
COUNTY_ROOM = COUNTY_INTAKE | COUNTY_CHIEF | _("county assessor")
COUNTY_DISPATCHER = _("county room-head", "county dispatcher")
LOOKING_ON = _("oversight", "county oversight")  # see what is ordinary, touch nothing
PLACE = _("station", "grid")  # the village and the grid where it lies
BY_AREA = COUNTY_ROOM | LOOKING_ON | PLACE
FOREIGN = _("foreign intake", "foreign dispatcher", "foreign county intake")
# Never anything: administrators run the machine, and know of no case.
BLIND = _("audit", "security", "system", "county audit", "nobody")
NOBODY: Names = frozenset()

_BEFORE = ROOM | BY_AREA
_AT_PLATFORM = _BEFORE | PLATFORM
_AT_OFFICE = _AT_PLATFORM | OFFICE
SEES: dict[str, Names] = {
    "reported": _BEFORE,
    "accepted": _BEFORE,
    "at platform": _AT_PLATFORM,
    "to sign": _AT_OFFICE,
    "handling": _AT_OFFICE,
    "extension": _AT_OFFICE,
    "suspension": _AT_OFFICE,
    "suspended": _AT_OFFICE,
    "returning": _AT_OFFICE,
    "assisted": _AT_OFFICE | _("other office"),
    "referred": _BEFORE,
    "finished": _AT_OFFICE,
    "verified": _AT_OFFICE,
    "declined": _BEFORE,
    "merged": _BEFORE,
    "restricted": ROOM | PLATFORM | OFFICE,  # 限知: the stack and whoever is assigned
    "granted": ROOM | PLATFORM | OFFICE | _("oversight"),  # 限知查看: one account, for some days; it touches nothing
    "taken away": ROOM,  # 限知: the end of an assignment ends the sight
    "about the office": _BEFORE,  # 回避: the office never; it has not been with it either
    "about the room": BY_AREA,  # 回避: nobody of the room, its chiefs included; oversight (监督) is there for this
    "from the grid": ROOM | _("grid"),  # 限知, but one's own report
    "foreign": FOREIGN,
}

_OPEN = {
    "classify": ANALYST | CHIEF, "urge": DISPATCHER | CHIEF, "supervise": DISPATCHER | CHIEF,
    "lift": DISPATCHER | CHIEF, "instruct": CHIEF, "copy": WHOLE_ROOM,
    "restrict": ANALYST | CHIEF, "void": HEAD, "link": WHOLE_ROOM,
}  # fmt: skip
_INVOLVED = WHOLE_ROOM | CHIEF
_WITH_OFFICE = {
    "reassign": DISPATCHER | CHIEF, "progress": OFFICE, "annotate": _INVOLVED | OFFICE, "release": DISPATCHER | OFFICE,
    "enlist": NOBODY,
}  # fmt: skip
_HANDLING = _OPEN | _WITH_OFFICE | {
    "finish": OFFICE, "enlist": DISPATCHER | OFFICE, "request_return": OFFICE, "request_extension": OFFICE,
    "request_suspension": OFFICE, "assign_person": _("office head", "office"), "split": WHOLE_ROOM,
    "escalate": DISPATCHER | CHIEF, "hand_down": DISPATCHER | CHIEF, "refer": DISPATCHER | CHIEF,
}  # fmt: skip
_ACCEPTED = _OPEN | {
    "annotate": _INVOLVED, "decline": INTAKE, "merge": INTAKE | DISPATCHER, "split": WHOLE_ROOM,
    "dispatch": DISPATCHER | CHIEF, "escalate": DISPATCHER | CHIEF, "hand_down": DISPATCHER | CHIEF,
    "refer": DISPATCHER | CHIEF, "answer": DISPATCHER | CHIEF, "conclude": CHIEF,
}  # fmt: skip
# A move that is named here may still be refused for how the case stands (409, 422), never for who asks.
MAY: dict[str, dict[str, Names]] = {
    "reported": _OPEN | {
        "annotate": _INVOLVED, "accept": INTAKE, "decline": INTAKE, "merge": INTAKE | DISPATCHER,
        "grant_review": WHOLE_ROOM | CHIEF, "refuse_review": WHOLE_ROOM | CHIEF, "answer": DISPATCHER | CHIEF,
    },
    "from the grid": _OPEN | {
        "annotate": _INVOLVED, "accept": INTAKE, "decline": INTAKE, "merge": INTAKE | DISPATCHER, "settle": _("grid"),
        "grant_review": WHOLE_ROOM | CHIEF, "refuse_review": WHOLE_ROOM | CHIEF, "answer": DISPATCHER | CHIEF,
        "withdraw": _("grid"),
    },
    "accepted": _ACCEPTED,
    "taken away": _ACCEPTED,
    "about the office": _ACCEPTED,
    "at platform": _OPEN | {
        "annotate": _INVOLVED | PLATFORM, "forward": PLATFORM, "request_return": PLATFORM, "recall": DISPATCHER,
        "sign": PLATFORM, "progress": PLATFORM, "reassign": DISPATCHER | CHIEF, "split": WHOLE_ROOM,
        "release": DISPATCHER,
    },
    "to sign": _OPEN | _WITH_OFFICE | {
        "sign": OFFICE, "request_return": OFFICE, "recall": PLATFORM, "forward": OFFICE, "split": WHOLE_ROOM,
        "assign_person": _("office head", "office"), "release": DISPATCHER,
    },
    "handling": _HANDLING,
    "restricted": _HANDLING,
    "granted": _HANDLING,
    "extension": _HANDLING | {"grant_extension": PLATFORM_HEADS, "refuse_extension": PLATFORM_HEADS},
    "suspension": _HANDLING | {"grant_suspension": CHIEF, "refuse_suspension": CHIEF},
    "assisted": _HANDLING | {
        "sign_assist": _("other office"), "complete_assist": _("other office"), "request_release": _("other office"),
        "progress": OFFICE | _("other office"), "annotate": _INVOLVED | OFFICE | _("other office"),
    },
    "suspended": _OPEN | _WITH_OFFICE | {"resume": OFFICE},
    "returning": _OPEN | _WITH_OFFICE | {
        "grant_return": DISPATCHER, "refuse_return": DISPATCHER, "drop_return": OFFICE, "reassign": CHIEF,
        "progress": OFFICE | DISPATCHER,
    },
    "referred": _OPEN | {
        "annotate": _INVOLVED, "take_back": DISPATCHER | CHIEF, "progress": DISPATCHER,
    },
    "finished": _OPEN | {
        "annotate": _INVOLVED | OFFICE, "verify": WHOLE_ROOM | CHIEF | _("grid"),
        "reject": WHOLE_ROOM | CHIEF | _("grid"), "answer": DISPATCHER | CHIEF, "conclude": CHIEF,
    },
    "verified": _OPEN | {
        "annotate": _INVOLVED | OFFICE, "follow_up": WHOLE_ROOM, "answer": DISPATCHER | CHIEF, "conclude": CHIEF,
    },
    "merged": _OPEN | {"annotate": _INVOLVED, "unmerge": INTAKE | DISPATCHER},
    "declined": {"annotate": _INVOLVED, "link": WHOLE_ROOM},
    "about the room": {
        "accept": COUNTY_INTAKE, "decline": COUNTY_INTAKE, "merge": COUNTY_INTAKE,
        "annotate": COUNTY_INTAKE | COUNTY_CHIEF,
        "classify": COUNTY_INTAKE | COUNTY_CHIEF, "restrict": COUNTY_INTAKE | COUNTY_CHIEF, "instruct": COUNTY_CHIEF,
        "urge": COUNTY_DISPATCHER | COUNTY_CHIEF, "supervise": COUNTY_DISPATCHER | COUNTY_CHIEF,
        "lift": COUNTY_DISPATCHER | COUNTY_CHIEF, "answer": COUNTY_DISPATCHER | COUNTY_CHIEF,
        "copy": COUNTY_INTAKE, "link": COUNTY_INTAKE, "void": COUNTY_DISPATCHER,
        "grant_review": COUNTY_INTAKE | COUNTY_CHIEF, "refuse_review": COUNTY_INTAKE | COUNTY_CHIEF,
    },
}  # fmt: skip
