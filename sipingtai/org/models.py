"""Tables of the organisation. Only the owner's connection writes them (`sipingtai init`); the application reads, and
writes the rota (`DutyShift`) alone.

What is abolished keeps its row with `valid_to`, the first day it no longer holds: cases that lived there point to it.
`code` is each row's stable name: packs, tests and other systems refer to it, never to ids.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from sipingtai.core.posts import Post
from sipingtai.core.setting import Level, UnitKind

POSTS = [(post.value, post.label) for post in Post]


class Area(models.Model):
    """An area (区域): county 6 digits, township 9, village 12, grid 15; a code begins with its parent's."""

    code = models.CharField(max_length=15, unique=True, db_collation="C")
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    boundary = models.JSONField(null=True)  # GeoJSON polygon in CGCS2000, or null


class Unit(models.Model):
    """Anything that can hold a case: a command, platform, office or grid. See core.setting.Unit."""

    code = models.CharField(max_length=120, unique=True, db_collation="C")
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in UnitKind])
    name = models.CharField(max_length=80)
    command = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")  # null: a command itself
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="units")
    dispatched = models.BooleanField(default=False)  # 派驻; otherwise 属地
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)  # order in the pack, for lists
    clause = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Command(models.Model):
    """What a unit of kind COMMAND has besides: its level, parent and rules."""

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT, related_name="as_command")
    level = models.PositiveSmallIntegerField(choices=[(level.value, level.name) for level in Level])
    parent = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    live = models.BooleanField(default=False)  # 上线; otherwise 试运行
    hops = models.PositiveSmallIntegerField(default=1)
    answer_owed = models.BooleanField(default=True)
    station_first = models.BooleanField(default=False)  # village stations receive what their grids report
    own_office = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    caps = models.JSONField(default=dict)  # the numbers of core.setting.Rules, by field name
    limits = models.JSONField(default=list)  # [clock, level, urgency, limit as text]
    sessions = models.JSONField(default=list)  # [["08:30", "12:00"], …]
    document = models.JSONField(default=dict)  # title, issuers, date, and what mechanisms read


class ChiefSeat(models.Model):
    """Who decides as chief of a command (总指挥), in this order."""

    command = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    post = models.CharField(max_length=16, choices=POSTS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["command", "position"], name="org_chief_position")]


class Arbiter(models.Model):
    """Who settles a second return and what crosses platforms (裁定), in this order."""

    command = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    post = models.CharField(max_length=16, choices=POSTS)
    title = models.CharField(max_length=80)  # as the document calls it
    matter = models.CharField(max_length=80)
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["command", "position"], name="org_arbiter_position")]


class Scheme(models.Model):
    """A set-up of platforms (架构) of one command from a day on."""

    code = models.CharField(max_length=120, unique=True, db_collation="C")
    command = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="schemes")
    name = models.CharField(max_length=80)
    document = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class PlatformMembership(models.Model):
    """An office's part in a platform (平台成员), under one scheme; an office may be in several, in several roles."""

    class Role(models.TextChoices):
        LEAD = "lead", "牵头"
        MANAGING = "managing", "日常管理"
        COORDINATING = "coordinating", "综合协调"
        BASE = "base", "依托"
        MEMBER = "member", "成员"
        COOPERATING = "cooperating", "配合"

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="memberships")
    platform = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    stated = models.BooleanField()  # the document says so; otherwise our supplement

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "platform", "office", "role"], name="org_membership_once")
        ]


class PostHolding(models.Model):
    """Somebody holds a post at a unit (任职), in their own name or as B岗 for `substitute_for`."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holdings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="holdings")
    post = models.CharField(max_length=16, choices=POSTS)
    substitute_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="substitutes"
    )
    part_time = models.BooleanField(null=True)  # of a grid worker or head: 兼职, 专职, or nobody has said
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", "post", "substitute_for"], nulls_distinct=False, name="org_holding_once"
            )
        ]


class DutyShift(models.Model):
    """One person's turn of duty at a command (值班). Whoever leads holds Post.DUTY there from its start to its end.

    Who may write it stands in migration 0003; turns that are over stay as they were (`mechanisms.duty.rota`).
    """

    command = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=15, db_collation="C")  # the command's; its people's areas begin with it
    day = models.DateField()  # on which it begins; it ends on the same day or the next
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duty_shifts")
    leading = models.BooleanField()  # 值班领导; otherwise 值班人员
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["command", "starts_at"], condition=models.Q(leading=True), name="org_one_leads_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="org_duty_has_an_end"),
        ]
        indexes = [
            # Who leads here now: asked with every request, beside the asker's own seats.
            models.Index(fields=["area", "day"], name="org_duty_by_area"),
        ]


class GridTeam(models.Model):
    """An office, or somebody, attached to a grid (组团服务): whom its people can turn to. It counts nobody's work."""

    grid = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="team")
    office = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=80, blank=True)  # 分工: what for
    stated = models.BooleanField()  # the document says so; otherwise our supplement
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grid", "office", "account"], nulls_distinct=False, name="org_team_once"),
            models.CheckConstraint(
                condition=models.Q(office=None, account__isnull=False) | models.Q(office__isnull=False, account=None),
                name="org_team_office_or_person",
            ),
        ]


class DutyClause(models.Model):
    """A clause of an office's duty list (职责清单)."""

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties")
    number = models.CharField(max_length=16)
    text = models.CharField(max_length=300)
    clause = models.CharField(max_length=80, blank=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "number"], name="org_duty_number")]


class CatalogueVersion(models.Model):
    """A version of the catalogue (分类目录版本). A case keeps the version it was classified by."""

    code = models.CharField(max_length=120, unique=True, db_collation="C")  # 默认目录@2026-1
    name = models.CharField(max_length=80)
    version = models.CharField(max_length=32)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Category(models.Model):
    """A minor category (小类). See core.setting.Category."""

    catalogue = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="categories")
    code = models.CharField(max_length=5, db_collation="C")
    name = models.CharField(max_length=80)
    major = models.CharField(max_length=80)  # name of the 大类; its code is the first two digits
    kind = models.CharField(max_length=16)  # core.case.Kind
    level = models.PositiveSmallIntegerField()
    highest_level = models.PositiveSmallIntegerField()
    handle = models.CharField(max_length=40, blank=True)  # Limit as text; "": by level
    total = models.CharField(max_length=40, blank=True)
    advisory = models.BooleanField()  # 默认建议值，请按本地规定调整
    keywords = ArrayField(models.CharField(max_length=20), default=list)
    name_source = models.CharField(max_length=40, blank=True)
    limit_source = models.CharField(max_length=40, blank=True)
    restricted = models.BooleanField()
    police = models.BooleanField()
    photo = models.BooleanField()
    residual = models.BooleanField()
    hazard = models.BooleanField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="org_category_code")]


class CategoryRoute(models.Model):
    """Where a category usually goes under a scheme (分类对应)."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="routes")
    category = models.CharField(max_length=5, db_collation="C")
    platform = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "category"], name="org_route_category")]


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a working day moved to a weekend (调休)."""

    day = models.DateField(unique=True)
    works = models.BooleanField()
    note = models.CharField(max_length=80, blank=True)


class Line(models.Model):
    """A line of duties the grids carry (条线)."""

    command = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="lines")
    name = models.CharField(max_length=80)
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["command", "name"], name="org_line_name")]


class Campaign(models.Model):
    """A campaign (专项行动) cases can be tagged with."""

    command = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="campaigns")
    name = models.CharField(max_length=80)
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["command", "name"], name="org_campaign_name")]


class MeetingRule(models.Model):
    """A standing meeting (会议制度)."""

    command = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="meeting_rules")
    name = models.CharField(max_length=80)
    cadence = models.CharField(max_length=4, blank=True)  # 每日, 每周, 每月, 每季, 每年
    conveners = ArrayField(models.CharField(max_length=120), default=list)  # unit codes
    platforms = ArrayField(models.CharField(max_length=120), default=list)  # unit codes
    topics = ArrayField(models.CharField(max_length=80), default=list)
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["command", "name"], name="org_meeting_name")]


class Reorganisation(models.Model):
    """A change of set-up (架构调整) and how far its open cases have been re-homed."""

    command = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, null=True, on_delete=models.PROTECT, related_name="+")  # in force from then on
    name = models.CharField(max_length=80)  # of the new scheme
    heirs = models.JSONField()  # {"old unit": [units that take over]}, as agreed to
    idle = models.JSONField()  # accounts that lost their last seat
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)  # null: cases may still be on their way


class Version(models.Model):
    """One row: counts the changes of the organisation, so that a process knows when its copy is old."""

    number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)  # a restored backup may count the same numbers again
