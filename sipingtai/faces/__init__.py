"""What the four faces (desk, phone, villager, program) share: base templates, parts, icons, sheets and scripts."""
