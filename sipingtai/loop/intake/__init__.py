"""How matters come in: one report at a time, or a table of them."""
