"""Where the operations on cases are registered: one address with two methods needs one router."""

from ninja import Router

cases = Router(tags=["cases"])
