"""The contract that every vendor is held to, for vendors of ours and of other packages: docs/adding-a-vendor.md.

`suite` has its tests, `subject` what they ask of a vendor, `emulated` and `server` a subject that an emulator plays. It needs
pytest: the extra `contract`.
"""
