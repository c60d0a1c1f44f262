"""The command line: parse, call one flow, show one view, exit."""
