"""What the four faces (desk, phone, villager, program) share: base templates, parts, icons, the built sheets and scripts."""
