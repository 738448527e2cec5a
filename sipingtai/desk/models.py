"""Tables of the desk: saved views, one's own notes on cases, and who has which case open at this moment.

Row-level security (migration 0001): a view and a note are their owner's alone; a presence is seen by who sees the case.
"""

from typing import ClassVar

from django.db import models


class View(models.Model):
    """A list somebody comes back to (我的视图): a name, and the address's query that makes the list."""

    account = models.BigIntegerField()  # access.Account; nobody else sees it
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=500)  # as written by desk.filters, never as typed
    position = models.IntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "name"], name="one_view_per_name")]
        indexes: ClassVar = [models.Index(fields=["account", "position"], name="view_by_account")]

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """What somebody wrote down on a case for themselves (便签). Not part of the case: no journal, no other reader."""

    pk = models.CompositePrimaryKey("case", "account")
    case = models.BigIntegerField()
    account = models.BigIntegerField()
    content = models.CharField(max_length=500)
    at = models.DateTimeField()


class Presence(models.Model):
    """Somebody has a case open. Gone a minute after the last sign of life; not logged, counted or kept by anybody."""

    pk = models.CompositePrimaryKey("case", "account")
    case = models.BigIntegerField()
    account = models.BigIntegerField()
    since = models.DateTimeField()
    seen = models.DateTimeField()
    writing = models.BooleanField(default=False)  # something is filled in and not sent yet
