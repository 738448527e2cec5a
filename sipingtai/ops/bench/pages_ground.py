"""What pages show beside cases and a filling leaves out (布置): inspections, a rota and its log, made once in a home.

Everything goes through the mechanisms' own functions, as in the demo.
"""

from datetime import timedelta

from django.utils import timezone

from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.models import Account
from sipingtai.cases.models import Case
from sipingtai.core.calendar import local
from sipingtai.loop.reading.queues import OPEN
from sipingtai.mechanisms.oversight import inspecting
from sipingtai.mechanisms.oversight.models import Inspection
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.duty import put_on_duty
from sipingtai.ops.demo.looking_on import look_on
from sipingtai.org.actors import actor_for
from sipingtai.org.models import DutyShift
from sipingtai.org.setting import load

INSPECTIONS = 60  # more than a page of them; the last has as many cases and findings


def lay(overseer: Account) -> None:
    """Let the townships' oversight look on as in the demo, this one open its inspections, and everybody be on duty."""
    now = local(timezone.now())
    with system_scope("测速"):
        inspected, on_duty = Inspection.objects.exists(), DutyShift.objects.exists()
    if not inspected:
        look_on(gather_all(now), now)
        _inspect(overseer)
    if not on_duty:
        put_on_duty(gather_all(now), now, ())


def _inspect(overseer: Account) -> None:
    now = local(timezone.now())
    by, setting = actor_for(overseer.pk, now), load(now.date())
    with scope(overseer.pk, by.units, by.areas, by.role):
        numbers = Case.objects.filter(OPEN).order_by("-received_at").values_list("number", flat=True)[:INSPECTIONS]
        for no, number in enumerate(numbers):
            found = inspecting.open_inspection(
                subject=f"在办事件检查（{no + 1}）", basis="年度监督检查计划", scope="在办事件的签收、办理和反馈",
                due_on=(now + timedelta(days=30)).date(), by=by, setting=setting, now=now,
            )  # fmt: skip
            inspecting.attach(found.pk, number, by=by, now=now)
        for number in numbers:
            inspecting.attach(found.pk, number, by=by, now=now)
            inspecting.find_out(found.pk, f"{number} 签收环节没有专人负责。", by=by, now=now)
