"""`sipingtai doctor` (体检): common faults, each with what to do. `checks.py` is the list of small functions."""
