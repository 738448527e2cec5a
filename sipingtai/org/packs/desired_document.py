"""What a document says besides the tables: kept with the command, as JSON, for mechanisms and for whoever asks."""

from collections.abc import Mapping

from .codes import office_code, platform_code
from .content import Pack, Plain
from .section import Ref


def document(pack: Pack) -> dict[str, object]:
    """One value for `Command.document`; units are named by their codes, titles and texts as written."""
    offices = {o.name for o in pack.offices}

    def named(ref: Ref) -> str:
        return office_code(pack.code, pack.office_name(ref.name)) if ref.name in offices else ref.name

    return {
        "title": pack.document.title,
        "issuers": list(pack.document.issuers),
        "issued": pack.document.issued.isoformat() if pack.document.issued else None,
        "basis": pack.document.basis,
        "statements": {key: [_plain(part) for part in parts] for key, parts in pack.statements.items()},
        "escalations": [[e.matter, e.to, e.through, e.clause] for e in pack.escalations],
        "room": _plain(pack.room.facts) if pack.room else {},
        "station": _plain(pack.station.facts) if pack.station else {},
        "platforms": {
            platform_code(pack.code, p.name): {"module": p.module, **_plain(p.facts)} for p in pack.platforms
        },
        "oversight": [
            {"matter": o.matter, "by": [named(ref) for ref in o.by], "clause": o.clause} for o in pack.oversight
        ],
        "roster": {
            "cadence": pack.roster.cadence, "by": [ref.name for ref in pack.roster.by],
            "number": pack.roster.number, "handover": pack.roster.handover, "telephone": pack.roster.telephone,
            "clause": pack.roster.clause,
        } if pack.roster else None,
        "services": [
            {"name": s.name, "office": named(s.office) if s.office else None, "in_villages": s.in_villages}
            for s in pack.services
        ],
    }  # fmt: skip


def _plain(facts: Plain) -> Mapping[str, str | list[str]]:
    return dict(facts)
