"""The ground of the crash bench: an organisation, tokens and a session, told as JSON.

`sipingtai shell` runs it in the home that is to be broken: whoever kills and counts afterwards keeps no connection.
"""

import json
import sys

from django.test import Client
from django.utils import timezone

from sipingtai.access.models import Account
from sipingtai.core.calendar import local
from sipingtai.ops.bench import standing
from sipingtai.ops.bench.cast import cast
from sipingtai.org.setting import load


def tell(clients: int) -> None:
    """Make the ground for so many load processes and print it: tokens by part, and the cookie of one signed in."""
    standing.set_up()
    people, units = cast(load(local(timezone.now()).date()))
    desk = Client()
    desk.force_login(Account.objects.get(username=people["dispatcher"]))
    found = {
        # One token a process and person: each has an allowance of its own.
        "tokens": {part: standing.tokens_of(name, clients) for part, name in people.items()},
        "units": dict(units),
        "cookie": desk.cookies.output(header="", sep=";").split(";")[0].strip(),
    }
    sys.stdout.write(json.dumps(found) + "\n")
