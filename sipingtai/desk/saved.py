"""Saved views (我的视图): lists under names of one's own, in an order of one's own, behind row-level security."""

from collections.abc import Sequence

from attrs import frozen
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse

from sipingtai.access.plain_text import clean
from sipingtai.desk.models import View

MOST = 20  # views of one person
LONGEST_NAME = 20  # characters
LONGEST_LIST = 500  # characters of a list's query


@frozen(kw_only=True)
class Saved:
    """A view as the navigation shows it."""

    id: int
    name: str
    query: str
    address: str


# A column with the asker's views in their order, for a statement that asks for more as well.
OWN = """(
    SELECT json_agg(json_build_array(id, name, query) ORDER BY position, id) FROM desk_view
    WHERE account = (SELECT actor_account())
)"""


def told(rows: Sequence[tuple[int, str, str]] | None) -> tuple[Saved, ...]:
    """What `OWN` answered, or the rows themselves."""
    home = reverse("desk:home")
    return tuple(Saved(id=pk, name=name, query=query, address=f"{home}?{query}") for pk, name, query in rows or ())


def own(account: int) -> tuple[Saved, ...]:
    """This person's views in their order: one statement."""
    rows = View.objects.filter(account=account).order_by("position", "id")
    return told(list(rows.values_list("id", "name", "query")))


def keep(account: int, name: str, query: str) -> None:
    """Save a list under a name; the name of an existing view takes the new list. Raises ValueError with a sentence."""
    name = clean(name, LONGEST_NAME, "名称").strip()
    if not name:
        raise ValueError("请给这个视图起个名字，例如“城南紧急件”。")
    if len(query) > LONGEST_LIST:
        raise ValueError("筛选条件太长，请去掉一两个再存。")
    if View.objects.filter(account=account, name=name).update(query=query):
        return
    if View.objects.filter(account=account).count() >= MOST:
        raise ValueError(f"最多存 {MOST} 个视图，请先删掉不用的。")
    last = View.objects.filter(account=account).aggregate(last=Max("position"))["last"] or 0
    fresh = View(account=account, name=name, query=query, position=last + 1)
    # The button pressed twice: the second waits for the first, and saves the same once more.
    View.objects.bulk_create([fresh], update_conflicts=True, update_fields=["query"], unique_fields=["account", "name"])


def rename(account: int, view: int, name: str) -> None:
    """Give a view another name. Raises ValueError with a sentence."""
    name = clean(name, LONGEST_NAME, "名称").strip()
    if not name:
        raise ValueError("名称不能是空的。")
    try:
        with transaction.atomic():
            View.objects.filter(account=account, pk=view).update(name=name)
    except IntegrityError as error:
        raise ValueError(f"已经有一个叫“{name}”的视图。") from error


def shift(account: int, view: int, by: int) -> None:
    """Move a view up (-1) or down (1) by one place; at the end of the list nothing happens."""
    order = list(View.objects.filter(account=account).order_by("position", "id"))
    at = next((no for no, row in enumerate(order) if row.pk == view), None)
    if at is None or not 0 <= at + by < len(order):
        return
    order[at], order[at + by] = order[at + by], order[at]
    for no, row in enumerate(order, 1):
        row.position = no
    View.objects.bulk_update(order, ["position"])


def drop(account: int, view: int) -> None:
    """Delete a view; nothing happens where there is none."""
    View.objects.filter(account=account, pk=view).delete()
