"""组织: areas, units, platforms, posts and calendars, loaded from township packs (乡镇包)."""
