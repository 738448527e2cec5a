"""Addresses put together are the ones that Django would work out."""

from django.urls import reverse

from sipingtai.core.actions import Action
from sipingtai.desk import addresses

NUMBER = "331125201-20260302-000123"


def test_addresses_put_together_are_the_ones_worked_out() -> None:
    assert addresses.page("desk:cases") == reverse("desk:cases")
    assert addresses.case(NUMBER) == reverse("desk:case", args=[NUMBER])
    for action in Action:
        assert addresses.move(NUMBER, action.value) == reverse("desk:move", args=[NUMBER, action.value])
