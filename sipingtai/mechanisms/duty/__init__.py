"""Duty (值班轮值): the rota filled in, the log of a turn, and its handover. Who leads now is `org.duty`'s."""
