"""Township packs (乡镇包): reading, checking, comparing and applying them. Format: docs/pack-format.md."""
