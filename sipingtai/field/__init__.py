"""掌上 (/field/): grid workers, village stations and handlers, on a phone, in the rain."""
