"""The doors: one file per outside thing."""
