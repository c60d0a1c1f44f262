"""`python -m seatwise` is `seatwise`."""

from seatwise.cli.main import main

main()
