"""群众 (/p/): whoever has no account reports a matter, and learns by a code what became of it."""
