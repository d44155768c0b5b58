"""The degraded reason `rejected_records`: too many records of an input are rejected.

Without it, a service that reads a compressed file, or one in another encoding, would end normally with no score.
"""

from streamimb.config import Connector
from streamimb.engine import Share
from streamimb.serve import Status

ENOUGH = 100  # records of an input before it is judged
LIMIT = 0.05  # a healthy input has far fewer
REASON = "rejected_records"


class Rejections:
    """The share of rejected records of each input, decayed over its last 10,000 (see `engine.Share`).

    The reason is entered where the share of an input is above 5 %, and left where that of every input is below
    2.5 %.

    Cost: a few operations per input and reason for each `look`.

    Parameters
    ----------
    status
        The counts of the runner.
    dead_letters
        The output for the places of rejected records.

    Examples
    --------
    >>> status = Status()
    >>> rejections = Rejections(status, Connector("dead_letters", "files", {}))
    >>> status.read = {"payments": 100}
    >>> for _ in range(40):
    ...     status.dead_letter("decode", "payments")
    >>> rejections.look()
    >>> list(rejections.degraded)
    ['rejected_records']
    """

    def __init__(self, status: Status, dead_letters: Connector) -> None:
        self._status = status
        self._see = (
            "[sink.dead_letters] would have their places, but its type is 'none'"
            if dead_letters.type == "none"
            else "[sink.dead_letters] has their places"
        )
        self._inputs: dict[str, Share] = {}
        self._reasons: dict[tuple[str, str], Share] = {}  # by input and reason
        self._above: frozenset[str] = frozenset()  # inputs with too many rejected records
        # Replaced, never changed in place: other threads read it.
        self.degraded: dict[str, str] = {}

    def look(self, enough: int = ENOUGH) -> None:
        """Update the reason from every input of which at least `enough` records were read."""
        above = {}
        for name, read in sorted(self._status.read.items()):
            rejected = self._status.rejected.get(name, {})
            share = self._inputs.setdefault(name, Share())
            share.fold(sum(rejected.values()), read)
            for reason, n in rejected.items():
                self._reasons.setdefault((name, reason), Share()).fold(n, read)
            if share.above(LIMIT, name in self._above, enough):
                most = max(sorted(rejected), key=lambda reason: self._reasons[name, reason].share)
                above[name] = (
                    f"input {name}: {share.share:.1%} of its last records were rejected, most often as '{most}'"
                )
        self._above = frozenset(above)
        self.degraded = {REASON: f"{'; '.join(above.values())}: {self._see}"} if above else {}
