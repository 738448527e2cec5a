"""The short form of every move: what its row of the table needs, and what may be added.

Rules stay in `core`: a form offers what the guards accept, and asks for what the row needs in the table's own words.
"""

from collections.abc import Iterable, Mapping

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from sipingtai.core.actions import Action as A
from sipingtai.core.needs import Need
from sipingtai.core.setting import Setting
from sipingtai.core.table import Row
from sipingtai.desk.advice import Advised, advised
from sipingtai.desk.choices import category_list
from sipingtai.desk.frame import asker_names
from sipingtai.desk.move_fields import CONSTANT, MAKERS, Ask, area
from sipingtai.desk.move_words import ALSO, HINTS, LABELS, PARTICULAR
from sipingtai.desk.phrases import PHRASES
from sipingtai.faces.asker import Asker
from sipingtai.insight.categorise import suggest
from sipingtai.loop.reading.options import Choice
from sipingtai.loop.reading.page import CasePage
from sipingtai.loop.reading.places import category_name

_ORDER = (
    "to", "category", "level", "urgency", "clause", "person", "verdict", "colour", "restricted", "days", "until",
    "system", "other", "parts", "old", "new", "text", "reason", "override", "files", "assists",
)  # fmt: skip


class MoveForm(forms.Form):
    """One move's form. It tells what is missing; everything else is judged when the move is made."""

    action: A
    suggested: tuple[Choice, ...] = ()  # categories, with the reason
    advised: Advised | None = None  # where it should go, and why
    categories = SafeString()  # what the category's field proposes
    phrases: tuple[str, ...] = ()  # common replies, for the text that is asked for
    written_in: str = ""  # the field the phrases go to
    had_files: bool = False  # files came with it, which a browser does not send again by itself

    def take_focus(self) -> None:
        """Whoever chose this move types next."""
        for field in list(self.fields.values())[:1]:
            field.widget.attrs["autofocus"] = True

    def tell(self, faults: Mapping[str, str]) -> None:
        """Put each sentence at its field, or on top where the form has no such field."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)


def build(
    row: Row, page: CasePage, asker: Asker, *, posted: QueryDict | None = None, queue: str = "", other: str = ""
) -> MoveForm:
    """The form of one row for one case; filled in with what was typed when it comes back.

    `other` is the number of the case a merge is proposed with.
    """
    needs = {need.value for need in row.needs}
    names = set(needs) | set(ALSO.get(row.action, ()))
    if row.action is A.FINISH and page.case.assists:
        names |= {"override", "reason"}
    form = MoveForm(posted, auto_id="move_%s", initial={"queue": queue, "other": other})
    form.action = row.action
    form.written_in = next((name for name in ("text", "reason") if name in names), "")
    form.phrases = PHRASES.get(row.action, ()) if form.written_in else ()
    _recommend(form, page, asker, names)
    ask = Ask(
        action=row.action, case=page.case, setting=asker.setting, now=asker.now,
        suggested=tuple(way.to for way in form.advised.proposals) if form.advised else (),
        assisting=form.advised.assisting if form.advised else {},
    )  # fmt: skip
    for name in _ORDER:
        if name in names:
            form.fields[name] = _field(name, ask, required=name in needs)
    return form


def category_code(text: str, setting: Setting) -> str:
    """What was chosen or typed as category: 17002 公共设施 · 路灯, a code, or a name.

    Words nobody knows come back as typed.
    """
    text = text.strip()
    code = text.split(" ", 1)[0]
    if code in setting.categories:
        return code
    return next((c.code for c in setting.categories.values() if c.name == text), text)


def _recommend(form: MoveForm, page: CasePage, asker: Asker, names: Iterable[str]) -> None:
    """Where it should go, or what it is: the suggestion that is chosen beforehand, with its reason."""
    case, setting = page.case, asker.setting
    if form.action in (A.DISPATCH, A.FORWARD):
        form.advised = advised(page, setting, asker_names(asker), asker.now, form.action)
        form.initial["to"] = next((way.to for way in form.advised.proposals), "")
    if "category" in names:
        known = asker_names(asker)
        form.categories = category_list(known, setting)
        form.suggested = tuple(
            Choice(value=s.code, label=category_name(known, setting, s.code), hint=s.reason_zh)
            for s in suggest(f"{page.title}\n{page.text}", known.words)
            if s.code in setting.categories and s.code != case.category
        )


def _field(name: str, ask: Ask, *, required: bool) -> forms.Field:
    field = CONSTANT[name]() if name in CONSTANT else MAKERS[name](ask) if name in MAKERS else area()
    field.required = required
    field.label = PARTICULAR.get((ask.action, name), LABELS[name])
    field.help_text = field.help_text or HINTS.get(name, "")
    if name == "reason" and ask.action is A.FINISH:
        field.label = LABELS["why"]
    if required:
        field.error_messages["required"] = Need(name).missing
    return field
