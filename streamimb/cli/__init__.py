"""The command line: `streamimb demo`, `run`, `replay`, `doctor`, `inspect`, `parts`.

It builds the parts of a configuration and shows their state. Everything except the parsing of arguments is imported
when a command runs, so that `--help` is fast.
"""

from streamimb.cli.app import main

__all__ = ["main"]
