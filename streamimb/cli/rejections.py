"""Says so where most of an input is rejected: once an input, with the commonest reason.

Without it a compressed file, or one in another encoding, would end well with nothing scored. Reads counts;
knows no record.
"""

import logging
from collections import Counter

from streamimb.config import Connector
from streamimb.serve import Status

FIRST, WINDOW = 100, 1000
_log = logging.getLogger("streamimb.cli")


class RejectionWatch:
    """Looks at the records of each input in windows of 100 to 1,000, whatever came before.

    Cost: a few comparisons an input, each time it looks.

    Parameters
    ----------
    status
        What the runner counts.
    dead_letters
        Where the places of rejected records go.

    """

    def __init__(self, status: Status, dead_letters: Connector) -> None:
        self._status = status
        self._see = (
            "[sink.dead_letters] would have their places, but its type is 'none'"
            if dead_letters.type == "none"
            else "[sink.dead_letters] has their places"
        )
        self._begun: dict[str, tuple[int, Counter[str]]] = {}  # records and rejections before the window
        self._told: set[str] = set()

    def look(self, least: int = FIRST) -> None:
        """Warns of inputs of which more than half was rejected, among `least` records or more."""
        for name, read in self._status.read.items():
            records, reasons = self._begun.setdefault(name, (0, Counter()))
            n = read - records
            if n < least or name in self._told:
                continue
            now = Counter(self._status.rejected.get(name, {}))
            rejected = now - reasons
            if 2 * rejected.total() > n:
                self._told.add(name)
                ((reason, _),) = rejected.most_common(1)
                _log.warning(
                    "input %s: %d of its last %d records were rejected, most often as '%s': %s",
                    name,
                    rejected.total(),
                    n,
                    reason,
                    self._see,
                )
            elif n >= WINDOW:
                self._begun[name] = read, now
