"""How work is shared out: more than the one door does by itself."""
