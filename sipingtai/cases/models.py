"""Tables of cases (事件). The journal (`Step`) is the truth; every other table is folded from it or lies apart from it.

Units and commands are plain numbers here (ids of org.Unit): a case outlives the office that handled it, and replaying a
journal must not depend on which offices exist today. `sipingtai verify` checks that they are known.

Row-level security (migration 0002): a case is seen by the units in `sight`, by its reporter's own account and, unless
restricted, within the areas of whoever looks on; never by those in `shunned`. Only the door writes.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL

from sipingtai.cases.sealed_json import SealedJson
from sipingtai.cases.stored import state_has


def literal(word: str) -> RawSQL:
    """A word of ours that stands in a statement's text instead of travelling apart from it.

    A partial index serves a plan that is kept for any values only where its condition has none. Raises ValueError.
    """
    if not word.isidentifier():
        raise ValueError(word)
    return RawSQL(f"'{word}'", (), output_field=models.CharField())  # noqa: S611


_HAS_CARD = models.Q(state_has("$.cards[*] ? (!exists(@.lifted))"))
CARDED = ~models.Q(stage=literal("archived")) & _HAS_CARD
"""A card (督办牌) that was not lifted."""

_IS_RETURNING = models.Func(
    models.F("stage"), template="%(expressions)s = 'returning'", output_field=models.BooleanField()
)
_CAME_AGAIN = models.Func(
    models.F("state"),
    template="jsonb_exists_any(%(expressions)s, '{rework,returns,declined_answers,reopened}')",
    output_field=models.BooleanField(),
)
WENT_BACK = models.Q(holder__isnull=False) & (models.Q(_IS_RETURNING) | models.Q(_CAME_AGAIN))
"""What went back (退回返工): 退单裁定 pending, 返工, an answer declined from below, 重开."""


class Case(models.Model):
    """The fold of a case's steps: `state` whole, the columns below it for finding it."""

    id = models.BigIntegerField(primary_key=True)  # handed out in blocks, so that nobody waits for a number
    number = models.CharField(max_length=32, unique=True, db_collation="C")  # area-date-serial
    state = models.JSONField()  # core.case.Case, fields at their default left out
    steps = models.IntegerField()  # how many steps made it; the version two clerks compete for
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    stage = models.CharField(max_length=12, db_collation="C")
    category = models.CharField(max_length=8, db_collation="C")
    level = models.SmallIntegerField()
    urgency = models.CharField(max_length=10)
    area = models.CharField(max_length=15, db_collation="C")
    grid = models.BigIntegerField(null=True)
    command = models.BigIntegerField()  # the top of the stack
    holder = models.BigIntegerField(null=True)  # the unit that must act now
    holder_post = models.CharField(max_length=16, blank=True)
    restricted = models.BooleanField(default=False)
    asked = ArrayField(models.BigIntegerField())  # units whose decision on an extension or a suspension is pending
    sight = ArrayField(models.BigIntegerField())  # units that may see it
    shunned = ArrayField(models.BigIntegerField())  # 回避: units that must not, whatever else they are
    shunned_people = ArrayField(models.BigIntegerField())
    reported_at = models.DateTimeField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # of the step clock; what a queue is sorted by
    warn_at = models.DateTimeField(null=True)  # of the same clock: from then on the case is 将到期
    began_at = models.DateTimeField(null=True)  # when that clock began: since when the case stands where it stands
    total_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Apart from the fold: where it came from.
    sender = models.CharField(max_length=80, db_collation="C")  # scope of `key`: an account, a link, a visitor's phone
    key = models.UUIDField(default=uuid.uuid4)  # made by the sender; the same report sent twice is one case
    reporter_account = models.BigIntegerField(null=True)
    contact = models.UUIDField(null=True)  # access.Contact
    tracking = models.BinaryField(max_length=32, null=True, unique=True)  # keyed digest of the tracking code
    longitude = models.FloatField(null=True)  # degrees, CGCS2000
    latitude = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "key"], name="one_case_per_report")]
        indexes: ClassVar = [
            # A queue and its count; only of open cases, so that it stays small whatever lies in the archive.
            # With it the warning mark: what is due soon is found without a look at the rows.
            models.Index(
                fields=["holder", "stage", "due_at", "id", "warn_at"],
                condition=models.Q(holder__isnull=False),
                name="queue",
            ),
            # 属地核查: what a grid has to look at.
            models.Index(fields=["grid", "due_at", "id"], condition=models.Q(stage="finished"), name="queue_of_grid"),
            # 延期挂起审批: few cases have anything pending; who decides stands in an array no index can be asked for.
            models.Index(fields=["due_at", "id"], condition=~models.Q(asked=[]), name="queue_of_asked"),
            # Lists of a grid, and all lists by area for statistics.
            models.Index(fields=["area", "received_at", "id"], name="case_by_area"),
            # Lists of all cases in sight, newest first.
            models.Index(fields=["received_at", "id"], name="case_by_time"),
            # Lists of one stage: ten suspended cases must not be looked for among a million. Nearly all are archived.
            models.Index(
                fields=["stage", "received_at", "id"], condition=~models.Q(stage="archived"), name="case_by_stage"
            ),
            # 我的上报; and what somebody sees because they reported it.
            models.Index(fields=["reporter_account", "id"], name="case_by_reporter"),
            # Where matters of a category ended (同类事件); only ended ones, so that taking one in costs nothing.
            models.Index(
                fields=["command", "category", "closed_at"],
                condition=models.Q(stage__in=("closed", "archived")),
                name="case_by_practice",
            ),
            # 督办: the few that have a card in force, wherever they are.
            models.Index(fields=["id"], condition=~models.Q(stage="archived") & _HAS_CARD, name="case_carded"),
            # 监督跟踪: what went back; looked for in the states of all that is open otherwise.
            models.Index(fields=["due_at", "id"], condition=WENT_BACK, name="case_went_back"),
            # The daily archiving.
            models.Index(fields=["closed_at"], condition=models.Q(stage="closed"), name="case_to_archive"),
        ]

    def __str__(self) -> str:
        return self.number


# What hangs on a case is found by an index that begins with it and holds more: a second one on the case alone would
# only be written.


class Step(models.Model):
    """One line of the journal (日志): who did what when, what it changed, digests of what was said, and the seal."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="journal", db_index=False)
    no = models.IntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=20)
    actor_kind = models.CharField(max_length=10)
    account = models.BigIntegerField(null=True)  # access.Account
    unit = models.BigIntegerField(null=True)  # the unit for which the actor acted
    body = SealedJson()  # changes, ended clocks, arguments, digests of texts and files
    key_id = models.IntegerField()  # which journal key sealed it
    link = models.BinaryField(max_length=32)  # HMAC-SM3(key, previous link ‖ this step)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "no"], name="one_step_per_number")]
        indexes: ClassVar = [
            # 批示, newest first: a few among millions of steps.
            models.Index(fields=["at", "id"], condition=models.Q(action="instruct"), name="step_instructed"),
        ]


class Text(models.Model):
    """Free text of a step, apart from it so that it can be erased by law while the chain still verifies."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="texts", db_index=False)
    no = models.IntegerField()  # the step's number
    name = models.CharField(max_length=16)  # title, text, place, reason, note
    content = models.TextField(null=True)  # null: 已依法删除
    salt = models.BinaryField(max_length=16, null=True)  # erased with the text: the digest then tells nothing

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "no", "name"], name="one_text_per_name")]


class Attachment(models.Model):
    """A file of a step (附件): photo or paper. Its bytes lie in the file store under `digest`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments", db_index=False)
    no = models.IntegerField()
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=80)
    size = models.IntegerField()  # bytes
    digest = models.CharField(
        max_length=64, blank=True
    )  # SHA-256 of the content, its name in the store; empty once erased
    salt = models.BinaryField(max_length=16, null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "no"], name="attachment_by_step")]


class Assignment(models.Model):
    """An office's row on a case (交办), folded from the state: what an office's own list is made of."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    no = models.IntegerField()
    unit = models.BigIntegerField()
    main = models.BooleanField()
    state = models.CharField(max_length=8)
    person = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "no"], name="one_assignment_per_number")]
        indexes: ClassVar = [
            # Everything an office was ever given, newest first: its lists, and search within them.
            models.Index(fields=["unit", "case"], name="assignment_by_unit"),
            # 协办: what it still has to do for others.
            models.Index(
                fields=["unit", "case"],
                condition=models.Q(main=False, state__in=["sent", "signed"]),
                name="assignment_to_assist",
            ),
        ]


class Clock(models.Model):
    """A running clock (时限), folded from the state. `next_at` is the next moment the sweep has to look at it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=12)
    ref = models.BigIntegerField()
    owner = models.BigIntegerField()
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    red_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "kind", "ref"], name="one_clock_per_kind")]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="clock_due"),
            models.Index(fields=["owner", "due_at"], name="clock_by_owner"),
            # 等答复: what a command has handed on and waits for.
            models.Index(fields=["ref", "case"], condition=models.Q(kind="track"), name="clock_tracked"),
        ]


class Word(models.Model):
    """A pair of characters that occurs in a case's text: Chinese substring search through a plain B-tree."""

    # A case has dozens: no number of their own, and no look at the case for each, makes them three times as cheap to
    # write. `sipingtai verify` sees that they belong to a case, and are the right ones.
    pk = models.CompositePrimaryKey("word", "case")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="words", db_constraint=False)
    word = models.CharField(max_length=32, db_collation="C")


class Precedent(models.Model):
    """A final ruling on a return (先例): which office the matter belongs to. It guides routing from then on."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="precedents")
    command = models.BigIntegerField()
    category = models.CharField(max_length=8, db_collation="C")
    returned_by = models.BigIntegerField()  # the office that asked
    proposed = models.BigIntegerField(null=True)  # the office it named
    granted = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["command", "category", "decided_at"], name="precedent_by_category")]


class Anchor(models.Model):
    """What the database remembers of an anchor (锚定) in the file outside it: neither loses one without the other."""

    no = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    upto = models.BigIntegerField()  # id of the step up to which everything is anchored
    seal = models.BinaryField(max_length=32)
