"""Mechanisms (机制): one Django app each, with its own tables; none knows another, and the loop knows none of them."""
