"""A clerk at the desk: signs in, opens pages, fills in the forms of moves."""

import re
from typing import Any

from attrs import frozen
from django.http import HttpResponse
from django.test import Client

from sipingtai.cases.models import Case
from tests.township import Township


@frozen
class Clerk:
    client: Client
    township: Township

    def get(self, address: str, **headers: str) -> HttpResponse:
        return self.client.get(address, headers=headers)

    def see(self, number: str) -> HttpResponse:
        return self.get(f"/cases/{number}")

    def move(self, number: str, action: str, **fields: Any) -> HttpResponse:
        """Open the case, then send the move's form with the version that page showed."""
        page = self.see(number)
        seen = re.search(r'name="seen" value="(\d+)"', page.content.decode())
        values = {"seen": seen[1] if seen else ""} | fields
        return self.client.post(f"/cases/{number}/{action}", values)

    def report(self, text: str, **fields: Any) -> HttpResponse:
        """Fill in the form of a new matter."""
        key = re.search(r'name="key" value="([^"]+)"', self.get("/new").content.decode())
        assert key
        values = {"channel": "hotline", "urgency": "normal", "area": "331125201", "key": key[1], "text": text}
        return self.client.post("/new", values | fields)


def clerk(township: Township, account: str) -> Clerk:
    client = Client(raise_request_exception=False)
    client.force_login(township.account(account))
    return Clerk(client, township)


def number_of(township: Township, case_id: int) -> str:
    with township.acting("331125-room-head"):
        found = Case.objects.filter(pk=case_id).values_list("number", flat=True).first()
    assert found
    return found


def text(response: HttpResponse) -> str:
    return response.content.decode()
