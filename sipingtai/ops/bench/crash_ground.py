"""The ground of the crash bench: an organisation, tokens and a session, told as JSON.

`sipingtai shell` runs it in the home that is to be broken: whoever kills and counts afterwards keeps no connection.
"""

import json
import sys

from django.test import Client

from sipingtai.access.models import Account
from sipingtai.ops.bench import standing
from sipingtai.ops.bench.crash_load import OFFICE
from sipingtai.org.models import PostHolding, Unit

PEOPLE = {
    "intake": "331125201-intake",
    "dispatcher": "331125201-dispatcher",
    "platform": "331125201-platform-2-head",
}


def tell(clients: int) -> None:
    """Make the ground for so many load processes and print it: tokens by part, and the cookie of one signed in."""
    standing.set_up()
    office = Unit.objects.get(code=OFFICE)
    holding = PostHolding.objects.filter(unit=office, substitute_for=None).select_related("account").order_by("pk")[0]
    people = PEOPLE | {"handler": holding.account.username}
    desk = Client()
    desk.force_login(Account.objects.get(username=PEOPLE["dispatcher"]))
    found = {
        # One token a process and person: each has an allowance of its own.
        "tokens": {part: standing.tokens_of(name, clients) for part, name in people.items()},
        "cookie": desk.cookies.output(header="", sep=";").split(";")[0].strip(),
    }
    sys.stdout.write(json.dumps(found) + "\n")
