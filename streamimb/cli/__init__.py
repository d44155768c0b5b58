"""The command line: `streamimb demo`, `run`, `replay`, `doctor`, `inspect`, `parts`.

Puts the parts together as a configuration says and shows how they are doing. Everything but the parsing
of arguments is imported when a command runs, so that `--help` is there at once.
"""

from streamimb.cli.app import main

__all__ = ["main"]
