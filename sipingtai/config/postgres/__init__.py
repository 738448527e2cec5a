"""Django's PostgreSQL backend, asking less: see `base`."""
