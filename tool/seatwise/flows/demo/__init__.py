"""`seatwise demo`: the whole story on a copy of the sample company, in a temporary folder, with a clock of its own."""

from seatwise.flows.demo.story import tell

__all__ = ["tell"]
