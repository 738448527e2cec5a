"""The contact vault over the real database: encrypted, masked, revealed with a reason, erased."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from sipingtai.access import vault
from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.keys import installed_keys
from sipingtai.access.models import Account, AuditEntry, Contact, RevealLog
from sipingtai.access.sm import CannotDecrypt
from tests.contacts import masked

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Account:
    return Account.objects.create_user("331125201-intake", "not-a-secret-1", display_name="钱一")


@pytest.fixture
def contact() -> uuid.UUID:
    with system_scope("测试"):
        return vault.store("张三丰", "138 1234 5678", "某县某镇某村12号")


@pytest.fixture
def at_the_desk(clerk: Account, contact: uuid.UUID) -> Iterator[None]:
    with scope(clerk.pk, [1], [("331125201", "331125202")], "command"):
        yield


def test_nothing_readable_lies_in_the_row(contact: uuid.UUID) -> None:
    with system_scope("测试"), connection.cursor() as cursor:
        cursor.execute("SELECT c::text, encode(sealed, 'escape') FROM access_contact AS c WHERE id = %s", [contact])
        row = " ".join(cursor.fetchone())
    for part in ("张", "13812345678", "5678", "某镇"):
        assert part not in row
        assert part.encode().hex() not in row


@pytest.mark.usefixtures("at_the_desk")
def test_a_contact_is_masked_by_default(contact: uuid.UUID) -> None:
    assert masked(contact) == vault.Values("张**", "138****5678", "某县某镇****")


@pytest.mark.usefixtures("at_the_desk")
def test_a_reveal_leaves_its_reason_before_it_shows_anything(contact: uuid.UUID, clerk: Account) -> None:
    values = vault.reveal(contact, clerk, "回访核实位置", "331125201-2024-000123", address="10.3.4.5")
    assert values == vault.Values("张三丰", "13812345678", "某县某镇某村12号")
    log = RevealLog.objects.get()
    assert (log.contact_id, log.account, log.reason, log.subject) == (
        contact, clerk, "回访核实位置", "331125201-2024-000123",
    )  # fmt: skip
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.account, entry.network) == ("reveal", clerk, "10.3.4.0/24")


@pytest.mark.usefixtures("at_the_desk")
@pytest.mark.parametrize("reason", ["", "   ", "看一看", "看\u200b\u200b看"])
def test_without_a_reason_nothing_is_shown_and_nothing_logged(contact: uuid.UUID, clerk: Account, reason: str) -> None:
    with pytest.raises(ValueError, match="请填写查看理由（至少 4 个字）"):
        vault.reveal(contact, clerk, reason, "x")
    assert not RevealLog.objects.exists()


@pytest.mark.usefixtures("at_the_desk")
def test_nobody_reveals_in_another_persons_name(contact: uuid.UUID) -> None:
    other = Account.objects.create_user("331125201-chief", "not-a-secret-2")
    with pytest.raises(DatabaseError), transaction.atomic():
        vault.reveal(contact, other, "回访核实位置", "x")


@pytest.mark.parametrize("table", ["access_reveallog", "access_auditentry"])
@pytest.mark.parametrize("change", ["UPDATE {} SET subject = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_a_log(contact: uuid.UUID, clerk: Account, table: str, change: str) -> None:
    with system_scope("测试"):
        vault.reveal(contact, clerk, "回访核实位置", "x")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(change.format(table))


@pytest.mark.usefixtures("contact")
def test_a_villager_leaves_a_contact_and_reads_none() -> None:
    with scope(None, [], [], "villager"):
        vault.store("李四", "13900000000")
        assert Contact.objects.count() == 0
    with system_scope("测试"):
        assert Contact.objects.count() == 2


@pytest.mark.usefixtures("contact")
def test_without_an_actor_the_vault_is_empty() -> None:
    assert Contact.objects.count() == 0


def test_the_same_reporter_is_found_however_the_number_is_written(contact: uuid.UUID) -> None:
    with system_scope("测试"):
        later = vault.store("张先生", "+86-138-1234-5678")
        vault.store("李四", "13900000000")
        vault.store("无电话", "")
        assert vault.find_by_phone("１３８１２３４５６７８") == [later, contact]
        assert vault.find_by_phone("13812345679") == []
        assert vault.find_by_phone("") == []


def test_an_erased_contact_says_so_and_is_found_no_more(contact: uuid.UUID, clerk: Account) -> None:
    with system_scope("法定删除"):
        assert vault.erase(contact) is True
        assert vault.erase(contact) is False
        assert masked(contact).name == "已依法删除"
        assert vault.find_by_phone("13812345678") == []
        with pytest.raises(vault.Erased, match="已依法删除"):
            vault.reveal(contact, clerk, "回访核实位置", "x")
        row = Contact.objects.get(pk=contact)
        assert (row.sealed, row.phone_index) == (None, None)


@pytest.mark.usefixtures("at_the_desk")
def test_only_the_system_erases(contact: uuid.UUID) -> None:
    with pytest.raises(PermissionError):
        vault.erase(contact)


def test_retention_ends_after_its_last_day() -> None:
    day = dt.date(2024, 12, 31)
    with system_scope("到期清理"):
        due = vault.store("张三", "13812345678", erase_after=day)
        kept = vault.store("李四", "13912345678")
        assert vault.erase_due(day) == 0
        assert vault.erase_due(day + dt.timedelta(days=1)) == 1
        assert masked(due).name == "已依法删除"
        assert masked(kept).name == "李**"


def test_an_envelope_moved_to_another_row_does_not_open(contact: uuid.UUID, clerk: Account) -> None:
    with system_scope("测试"):
        other = vault.store("李四", "13900000000")
        Contact.objects.filter(pk=other).update(sealed=Contact.objects.get(pk=contact).sealed)
        with pytest.raises(CannotDecrypt):
            vault.reveal(other, clerk, "回访核实位置", "x")


def test_after_a_rotation_old_contacts_open_and_are_sealed_anew(contact: uuid.UUID) -> None:
    new = installed_keys().rotate("vault")
    with system_scope("密钥轮换"):
        later = vault.store("李四", "13812345678")
        assert vault.find_by_phone("13812345678") == [later, contact]
        assert vault.reseal(100) == 1
        assert vault.reseal(100) == 0
        assert set(Contact.objects.values_list("key_id", flat=True)) == {new.id}
        assert masked(contact).name == "张**"
        assert vault.find_by_phone("13812345678") == [later, contact]


@pytest.mark.parametrize(
    ("name", "phone", "address", "message"),
    [
        ("名" * 51, "", "", "“姓名”最多 50 个字"),
        ("张三", "110-abc", "", "电话号码不正确"),
        ("张三", "1" * 16, "", "电话号码不正确"),
        ("张三", "", "址" * 201, "“地址”最多 200 个字"),
    ],
)
def test_a_bad_contact_is_refused_in_chinese(name: str, phone: str, address: str, message: str) -> None:
    with system_scope("测试"):
        with pytest.raises(ValueError, match=message):
            vault.store(name, phone, address)
        assert not Contact.objects.exists()
