"""The embedded PostgreSQL: real server binaries from a wheel, driven by us."""
