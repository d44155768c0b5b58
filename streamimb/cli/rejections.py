"""Whether too many records of an input are rejected: a reason to call the service degraded.

Without it a compressed file, or one in another encoding, would end well with nothing scored. Reads counts;
knows no record.
"""

from collections.abc import Mapping

from streamimb.config import Connector
from streamimb.serve import Status

FIRST, WINDOW = 100, 10_000  # records of an input before it is judged, and those that count
LIMIT = 0.05  # a guard that rejects more hides an outage: a healthy input loses far fewer
REASON = "rejected_records"


class Rejections:
    """The share of rejected records of each input, decayed over its last 10,000.

    With W = 10,000 and k = (1 - 1/W)^n, n more records of which r were rejected turn the decayed counts N and R
    into N k + n g and R k + r g, g = W (1 - k) / n: exact where the r are spread evenly over the n. The reason
    is entered where R/N of an input is above 5 %, and left where that of all inputs is below 2.5 %.

    Cost: a few operations an input and reason, each time it looks at an input that brought something.

    Parameters
    ----------
    status
        What the runner counts.
    dead_letters
        Where the places of rejected records go.

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
        self._inputs: dict[str, _Input] = {}
        self._above: dict[str, str] = {}  # by input, what is said of it
        self.degraded: dict[str, str] = {}

    def look(self, least: int = FIRST) -> None:
        """Judges every input of which at least `least` records were read."""
        changed = False
        for name, read in self._status.read.items():
            of = self._inputs.setdefault(name, _Input())
            news = of.add(read, self._status.rejected.get(name, {}))
            if of.read < least or not (news or least < FIRST):
                continue
            share = of.share
            if share > LIMIT or (name in self._above and share >= LIMIT / 2):
                said = f"input {name}: {share:.1%} of its last records were rejected, most often as '{of.most_often}'"
                changed = changed or self._above.get(name) != said
                self._above[name] = said
            elif self._above.pop(name, None):
                changed = True
        if changed:
            told = "; ".join(said for _, said in sorted(self._above.items()))
            self.degraded = {REASON: f"{told}: {self._see}"} if told else {}


class _Input:
    """Decayed counts of one input."""

    def __init__(self) -> None:
        self.read = 0
        self._rejected: dict[str, int] = {}
        self._records = 0.0
        self._reasons: dict[str, float] = {}

    def add(self, read: int, rejected: Mapping[str, int]) -> bool:
        """Takes over the runner's counts; whether there was anything new."""
        n = read - self.read
        if not n:
            return False
        kept = (1.0 - 1.0 / WINDOW) ** n
        gain = WINDOW * (1.0 - kept) / n
        self._records = self._records * kept + n * gain
        for reason, count in dict(rejected).items():
            came = count - self._rejected.get(reason, 0)
            self._reasons[reason] = self._reasons.get(reason, 0.0) * kept + came * gain
            self._rejected[reason] = count
        self.read = read
        return True

    @property
    def share(self) -> float:
        return sum(self._reasons.values()) / self._records

    @property
    def most_often(self) -> str:
        return max(sorted(self._reasons), key=lambda reason: self._reasons[reason])
