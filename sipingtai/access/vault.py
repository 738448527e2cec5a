"""The contact vault (联系方式): reporters' names, phones and addresses, encrypted, and masked unless a reason is given.

SM4-GCM with the row's identity as associated data, so that one person's envelope cannot be put into another's row.
The masked forms are computed when they are shown: not even half a phone number lies readable in the database.
"""

import datetime as dt
import json
import uuid

from attrs import frozen
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from sipingtai.access import actor_scope, audit, masking, sm
from sipingtai.access.keys import Key, installed_keys
from sipingtai.access.models import Account, AuditEvent, Contact, RevealLog
from sipingtai.access.plain_text import clean

SHORTEST_REASON = 4  # characters


@frozen
class Values:
    """A reporter's contact in the clear, or masked."""

    name: str
    phone: str
    address: str


ERASED = Values(name=masking.ERASED, phone="", address="")


class Erased(ValueError):
    """联系方式已依法删除，无法查看。"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def store(
    name: str, phone: str, address: str = "", *, erase_after: dt.date | None = None, contact_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Keep a contact, at most until the end of the day `erase_after`; returns its id.

    Raises ValueError with a Chinese message for a text too long or a number that cannot be a phone's.
    """
    contact = sealed(name, phone, address, erase_after=erase_after, contact_id=contact_id)
    contact.save(force_insert=True)
    return contact.id


def sealed(
    name: str, phone: str, address: str = "", *, erase_after: dt.date | None = None, contact_id: uuid.UUID | None = None
) -> Contact:
    """A contact as `store` keeps it, for whoever stores many at once. Raises ValueError as `store` does."""
    values = Values(
        name=" ".join(clean(name, 50, "姓名").split()),
        phone=_phone(phone),
        address=" ".join(clean(address, 200, "地址").split()),
    )
    contact = Contact(id=contact_id or uuid.uuid4(), erase_after=erase_after)
    _seal(contact, values, installed_keys().current("vault"))
    return contact


def beside(contact: OuterRef) -> Subquery:
    """The envelope of a contact, for the statement that reads the row which names it; as far as one may read it."""
    return Subquery(Contact.objects.filter(pk=contact).values("sealed"))


def masked(contact_id: uuid.UUID, envelope: bytes | None) -> Values:
    """The masked forms of one contact, from what `beside` found."""
    return _mask(Contact(id=contact_id, sealed=envelope))


def reveal(contact_id: uuid.UUID, account: Account, reason: str, subject: str, *, address: str = "") -> Values:
    """The contact in the clear, after the reason stands in the reveal log of the same transaction.

    `subject` is the number of the case it is needed for, `address` the client's IP address. Raises ValueError with a
    Chinese message when the reason has fewer than SHORTEST_REASON characters, Erased, Contact.DoesNotExist.
    Whether `account` may see the case is the caller's to decide.
    """
    reason = clean(reason, 200, "查看理由")
    if len(reason) < SHORTEST_REASON:
        raise ValueError(f"请填写查看理由（至少 {SHORTEST_REASON} 个字），例如“回访核实现场位置”。")
    with transaction.atomic():
        contact = Contact.objects.get(pk=contact_id)
        if contact.sealed is None:
            raise Erased
        RevealLog.objects.create(contact=contact, account=account, reason=reason, subject=subject[:64])
        audit.record(AuditEvent.REVEAL, account, subject=subject, address=address)
        return _open(contact)


def erase(contact_id: uuid.UUID) -> bool:
    """Delete a contact for good, by law or retention; its row remains and says so. False when it had been erased.

    Within a system scope only; raises PermissionError elsewhere.
    """
    _system_only()
    return bool(_erase(Contact.objects.filter(pk=contact_id)))


def erase_due(today: dt.date) -> int:
    """Erase every contact whose retention ended before `today`; returns how many. For the daily job."""
    _system_only()
    return _erase(Contact.objects.filter(erase_after__lt=today))


def find_by_phone(phone: str) -> list[uuid.UUID]:
    """The contacts with this phone, newest first, found by a keyed index without decrypting anything."""
    digits = masking.phone_digits(phone)
    if not digits:
        return []
    indexes = [_index(digits, key.derive(b"phone-index")) for key in installed_keys().every("vault")]
    found = Contact.objects.filter(phone_index__in=indexes).order_by("-created_at")
    return list(found.values_list("id", flat=True))


def reseal(limit: int) -> int:
    """After a rotation: bring up to `limit` contacts under the current key; returns how many were."""
    _system_only()
    key = installed_keys().current("vault")
    outdated = Contact.objects.filter(sealed__isnull=False).exclude(key_id=key.id).select_for_update()[:limit]
    done = 0
    for contact in outdated:
        _seal(contact, _open(contact), key)
        contact.save(update_fields=["sealed", "key_id", "phone_index"])
        done += 1
    return done


def _system_only() -> None:
    # The policy would silently change no row for anybody else.
    actor = actor_scope.current()
    if actor is None or actor.role != actor_scope.SYSTEM:
        raise PermissionError("Contacts are changed in a system scope only")


def _phone(phone: str) -> str:
    digits = masking.phone_digits(clean(phone, 40, "电话"))
    if phone.strip() and not 5 <= len(digits) <= 15:
        raise ValueError("电话号码不正确，请填写手机号或带区号的固定电话。")
    return digits


def _index(digits: str, key: bytes) -> bytes:
    return sm.hmac_sm3(key, digits.encode())


def _aad(contact_id: uuid.UUID) -> bytes:
    return b"access_contact:" + contact_id.bytes


def _seal(contact: Contact, values: Values, key: Key) -> None:
    plain = json.dumps([values.name, values.phone, values.address], ensure_ascii=False).encode()
    contact.sealed = sm.encrypt(plain, key_id=key.id, key=key.sm4(), aad=_aad(contact.id))
    contact.key_id = key.id
    contact.phone_index = _index(values.phone, key.derive(b"phone-index")) if values.phone else None


def _open(contact: Contact) -> Values:
    assert contact.sealed is not None
    plain = sm.decrypt(
        bytes(contact.sealed),
        key_of=lambda key_id: installed_keys().get("vault", key_id).sm4(),
        aad=_aad(contact.id),
    )
    return Values(*json.loads(plain))


def _mask(contact: Contact) -> Values:
    if contact.sealed is None:
        return ERASED
    values = _open(contact)
    return Values(
        name=masking.mask_name(values.name),
        phone=masking.mask_phone(values.phone),
        address=masking.mask_address(values.address),
    )


def _erase(contacts: QuerySet[Contact]) -> int:
    return contacts.filter(sealed__isnull=False).update(
        sealed=None, phone_index=None, erase_after=None, erased_at=timezone.now()
    )
