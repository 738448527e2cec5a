"""依法删除 from the command line: what was written is gone for good, the journal still verifies, and it asks first."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import AuditEntry, Contact
from sipingtai.cases.models import Case, Text
from sipingtai.desk.models import Note
from tests.township import Township

pytestmark = pytest.mark.django_db
LAW = "个人信息保护法第四十七条"


@pytest.fixture
def number(wuxi: Township) -> str:
    told = wuxi.report("我家在桥头三号，路灯坏了", area="331125201", name="张三丰", phone="13812345678")
    with system_scope("测试"):
        return Case.objects.get(pk=told.case_id).number


def texts(number: str) -> list[str | None]:
    with system_scope("测试"):
        return list(Text.objects.filter(case__number=number, no=1).values_list("content", flat=True))


def test_what_was_written_and_how_to_reach_the_reporter_are_gone(
    wuxi: Township, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with wuxi.acting("331125201-intake") as actor:
        case_id = Case.objects.get(number=number).pk
        Note.objects.create(case=case_id, account=actor.person, content="张三丰说下午在家", at=timezone.now())
    call_command("erase", number, ground=LAW, yes=True)
    with wuxi.acting("331125201-intake"):
        assert not Note.objects.filter(case=case_id).exists()
    assert f"已删除 {number}" in capsys.readouterr().out
    assert set(texts(number)) == {None}
    with system_scope("测试"):
        contact = Contact.objects.get(pk=Case.objects.get(number=number).contact)
        assert (contact.sealed, contact.phone_index) == (None, None)
        kept = Text.objects.get(case__number=number, no=2)
        assert LAW in (kept.content or "")
        assert AuditEntry.objects.filter(subject=f"erase {number}").count() == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [({"ground": " ", "yes": True}, "依据"), ({"ground": LAW, "yes": True, "step": [9]}, "只有 1 步"),
     ({"ground": LAW}, "--yes")],
)  # fmt: skip
def test_without_a_ground_a_step_or_a_yes_nothing_is_erased(
    number: str, options: dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match=message):
        call_command("erase", number, **options)
    assert None not in texts(number)


def test_a_number_that_does_not_exist_is_told(wuxi: Township) -> None:
    with pytest.raises(CommandError, match="没有找到这件事"):
        call_command("erase", "331125201-20260101-999999", ground=LAW, yes=True)
