"""What the cases come to, counted."""
