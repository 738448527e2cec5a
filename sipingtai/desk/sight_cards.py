"""限知查看申请 as a chief reads them on the page of decisions: those to decide, and those in force."""

from attrs import frozen

from sipingtai.access.models import Account
from sipingtai.cases.models import Case
from sipingtai.faces.asker import Asker
from sipingtai.mechanisms.oversight import granting
from sipingtai.mechanisms.oversight.models import Grant


@frozen(kw_only=True)
class Back:
    """A decision that did not go through: what was typed is kept."""

    grant: int
    what: str  # grant, refuse, end
    text: str
    until: str
    sentence: str


@frozen(kw_only=True)
class SightCard:
    """One application, or one sight in force."""

    grant: Grant
    who: str
    back: Back | None
    seen: bool  # the case itself; a chief one level above decides by number and reason


def sight_cards(asker: Asker, back: Back | None = None) -> dict[str, object]:
    """What the template names: four statements, for chiefs alone."""
    actor, setting, now = asker.actor, asker.setting, asker.now
    if not granting.chief_of(actor, list(setting.commands), setting):
        return {}
    asking = [row.grant for row in granting.to_decide(actor, setting, now)]
    running = granting.in_force(actor, setting, now)
    names = {a.pk: str(a) for a in Account.objects.filter(pk__in={g.account for g in (*asking, *running)})}
    numbers = {g.number for g in asking}
    seen = set(Case.objects.filter(number__in=numbers).values_list("number", flat=True)) if numbers else set()

    def card(grant: Grant) -> SightCard:
        mine = back if back is not None and back.grant == grant.pk else None
        return SightCard(grant=grant, who=names.get(grant.account, ""), back=mine, seen=grant.number in seen)

    listed = {g.pk for g in (*asking, *running)}
    return {
        "sight_gone": back if back is not None and back.grant not in listed else None,
        "sights": [card(g) for g in asking],
        "running": [card(g) for g in running],
        "longest": granting.LONGEST,
        "today": now.date(),
    }
