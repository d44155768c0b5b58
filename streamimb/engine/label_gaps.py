"""Whether labels stopped coming: the events since the last label, against the gaps between labels before.

It uses counts only, so a gap is known to 128 events.
"""

from typing import Any

from streamimb._kernels.saved import listed, number, whole

FEW = 1_000.0  # events since the last label before it is judged
TOO_MANY = 20.0  # times the mean number of events per label: by chance once in e^20 gaps
TOO_LONG = 3.0  # times the longest gap: labels that come once a day are not overdue until the third day
HALF_LIFE = 100_000.0  # events, of the longest gap and of the mean


class LabelGaps:
    """Events per label, the longest gap, and the events since the last label.

    The events before the first label are the delay of labels and no gap. They count as one until as many events came
    after that label, because labels in batches show their gap only with the second batch.

    Cost: O(1) per look.

    Examples
    --------
    >>> gaps = LabelGaps()
    >>> for events in range(0, 10_000, 100):
    ...     gaps.look(events, labels=events)
    >>> gaps.look(11_000, labels=9_900)
    >>> gaps.silent_n, gaps.limit, gaps.overdue
    (1100, 1000.0, True)
    """

    __slots__ = ("_at", "_before", "_events", "_labelled", "_labels", "_longest", "silent_n")

    def __init__(self) -> None:
        self._at = self._labels = self.silent_n = 0
        self._before = 0  # events before the first label, while they count
        self._events = self._labelled = self._longest = 0.0

    def look(self, events: int, labels: int) -> None:
        """Update with the numbers of events and labels so far."""
        gap = events - self._at
        if labels > self._labels:
            if self._labels == 0:
                self._before, gap = gap, 0
            kept = 0.5 ** (gap / HALF_LIFE)
            self._events = kept * self._events + gap
            self._labelled = kept * self._labelled + labels - self._labels
            self._longest = max(float(gap), kept * self._longest)
            if events >= 2 * self._before:
                self._before = 0
            self._at, self._labels, gap = events, labels, 0
        self.silent_n = gap

    @property
    def limit(self) -> float:
        """Events without a label from which on labels are overdue; 0 before the first label."""
        if self._labelled <= 0.0:
            return 0.0
        mean, longest = (self._events + self._before) / self._labelled, max(self._longest, self._before)
        return max(FEW, TOO_MANY * mean, TOO_LONG * longest)

    @property
    def overdue(self) -> bool:
        """Whether labels came, and did not for longer than chance or habit explains."""
        return self._labelled > 0.0 and self.silent_n > self.limit

    def state(self) -> list[Any]:
        """Its numbers, for a snapshot."""
        counted = [self._at, self._labels, self.silent_n, self._before]
        return [*counted, self._events, self._labelled, self._longest]

    @classmethod
    def of_state(cls, state: Any) -> "LabelGaps":
        """Return one with the numbers that `state` gave.

        Raises
        ------
        ValueError
            They are not seven finite numbers, none of them negative, or more events came before the first label
            than before the last one.
        """
        found = listed({"gaps": state}, "gaps", 7)
        made = cls()
        made._at, made._labels, made.silent_n = (whole({"gaps": one}, "gaps") for one in found[:3])
        made._before = whole({"gaps": found[3]}, "gaps", 0, made._at)
        made._events, made._labelled, made._longest = (
            number({"gaps": one}, "gaps", 0.0) for one in found[4:]
        )
        return made
