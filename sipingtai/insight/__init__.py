"""Analysis (研判): pure functions from text, tables and places to suggestions. No Django, no clock."""
