"""Turns an exception into an exit code and one line of text.

A message of streamimb names parameters. A message of a library may quote the value of a field, so it is left out.
"""

import traceback

from streamimb.cli import log
from streamimb.cli.exit_codes import CONFIGURATION, FAULT, RETRY
from streamimb.config import ConfigError
from streamimb.connections import Unavailable
from streamimb.serve import StoreError, StoreLockedError


def verdict(error: Exception) -> tuple[int, str]:
    """(exit code, line).

    >>> verdict(ConfigError("[labels] 'taget' is not a key"))
    (2, "[labels] 'taget' is not a key")
    """
    if isinstance(error, StoreLockedError | Unavailable):
        return RETRY, log.redacted(str(error))
    if isinstance(error, ConfigError | StoreError) or (isinstance(error, ValueError) and _ours(error)):
        return CONFIGURATION, log.redacted(str(error))
    log.tell(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return FAULT, f"{type(error).__name__}{place}; see the traceback in the log"


def _ours(error: BaseException) -> bool:
    """Whether our own code raised it, so that its message names parameters only."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and str(last.tb_frame.f_globals.get("__name__", "")).startswith("streamimb")
