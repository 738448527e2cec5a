"""Oversight (监督问责): sight of restricted cases for a reason and a time, inspections, accountability, reveals."""
