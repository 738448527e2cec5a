"""Rules (规则): pure decisions over plain values. No Django, no input or output, no clock reading."""
