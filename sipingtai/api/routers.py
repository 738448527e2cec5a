"""Where the operations on cases are registered: one address with two methods needs one router.

The address of a move fits every word behind a number, `journal` too: its router comes last, whoever is imported first.
"""

from ninja import Router

cases = Router(tags=["cases"])
moves = Router(tags=["cases"])
