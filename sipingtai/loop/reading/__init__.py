"""Queries: what the faces show. They change nothing, and see what the actor's scope lets them see."""
