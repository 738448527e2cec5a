"""Keys against sending twice: made with the form, bound to what was written."""

import uuid


def key_of(raw: str, *content: str) -> uuid.UUID | None:
    """The key of one report, from the form's hidden key and what was filled in; None where the hidden key is none.

    Bound to the content, so that a form sent again by a shaky network is one case, while going back to the form and
    writing something else is another.
    """
    try:
        form = uuid.UUID(raw)
    except ValueError:
        return None
    return uuid.uuid5(form, "\x1f".join(content))
