"""A contact as the pages show it."""

import uuid

from sipingtai.access import vault
from sipingtai.access.models import Contact


def masked(contact: uuid.UUID) -> vault.Values:
    """The masked forms of one contact, as the scope that is open may see it. Raises Contact.DoesNotExist."""
    return vault.masked(contact, Contact.objects.get(pk=contact).sealed)
