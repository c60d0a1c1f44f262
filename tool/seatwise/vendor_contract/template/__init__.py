"""A vendor's package as `seatwise vendor new` writes it: an adapter, an emulator of its service, and its subject."""
