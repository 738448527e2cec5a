"""Pages of oversight (监督问责): sight of restricted cases, inspections, accountability, reveals."""
