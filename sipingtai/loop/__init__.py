"""The use cases of the loop (闭环). One door changes a case: `moves.py`."""
