"""A calibrator for each segment of the stream, such as a campaign or a country, shrunk to the one of all events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from streamimb._kernels.event_label import checked_label
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import entries, listed, number, refused
from streamimb._kernels.segment import LONGEST, segment_of, shrunk
from streamimb.calibration.inside import checked_calibrator
from streamimb.calibration.platt import Platt
from streamimb.parameters import Part, field, refuse, whole
from streamimb.parameters import number as checked_number
from streamimb.protocols import Calibrator, Features

MOST = 1e15  # information of a segment

Segment = bool | int | str
By = str | Callable[[Features], Any]


class Segmented(Part):
    r"""A calibrator for all events, and one for each segment of them on top of it.

    The pooled calibrator learns every event. A segment has a copy of it, untrained, which learns the events of the
    segment: it maps the pooled answer q to $q_s$. The answer is $\sigma(\mathrm{logit}\, q + s\,(\mathrm{logit}\, q_s -
    \mathrm{logit}\, q))$ with $s = n / (n + shrinkage)$, n the information that the segment has met, about its
    positives. So a new campaign starts at the pooled answer, and its own error counts more with every positive.

    At most `max_segments` are kept: the one whose last label is the oldest is forgotten first, and its events get the
    pooled answer until it is met again. A segment is a string of at most 200 characters, a whole number or a bool;
    events without one have the pooled answer and teach the pooled calibrator only.

    **Cost**: those of two calibrators, and .4 µs to calibrate, .7 µs to learn; one calibrator per segment.

    Parameters
    ----------
    calibrator
        The pooled calibrator, a River object that does not ask for features; it is used itself, not copied.
    by
        The name of the field that has the segment, or a callable that returns it for x. A service saves a callable only
        with `allow_pickle`, because it is no data.
    shrinkage
        Information, about positives, at which the error of a segment counts half; at least 0. Segments that differ by
        a factor of 1.2 deserve 20 and more, by a factor of 1.5 a few: the copy itself starts with information of 5.
    max_segments
        Segments that are kept, from 1 to 1,000,000.

    Raises
    ------
    ValueError
        Where a parameter is none of these, a score is outside [0, 1] or NaN, or a weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng = random.Random(1)
    >>> segmented = calibration.Segmented(calibration.Platt(), by="country")
    >>> for _ in range(40_000):  # the same score means three times as much in a as in b
    ...     x = {"country": rng.choice("ab")}
    ...     segmented.learn_one(0.05, rng.random() < (0.09 if x["country"] == "a" else 0.03), x=x)
    >>> [round(segmented.calibrate_one(0.05, x={"country": k}), 2) for k in "abc"]
    [0.09, 0.03, 0.06]

    References
    ----------
    Efron, B. and Morris, C. (1975). Data Analysis Using Stein's Estimator and Its Generalizations.
    https://doi.org/10.1080/01621459.1975.10479864. Shrinkage to the mean of all; the form is ours.
    """

    needs_x = True

    def __init__(
        self, calibrator: Calibrator, by: By, shrinkage: float = 10.0, max_segments: int = 1_000
    ) -> None:
        self.calibrator: Any = checked_calibrator(calibrator)
        if getattr(calibrator, "needs_x", False):
            refuse("calibrator", calibrator, "a calibrator that asks for no features")
        self.by = field("by", by)
        self.shrinkage = checked_number(
            "shrinkage", shrinkage, lambda n: 0.0 <= n <= 1e9, "a number of positives from 0 to 1e9"
        )
        self.max_segments = whole(
            "max_segments", max_segments, lambda n: 1 <= n <= 1_000_000, "a whole number from 1 to 1,000,000"
        )
        self._segments: dict[Segment, tuple[Any, float]] = {}  # the one met last comes last

    @property
    def fields_read(self) -> tuple[str, ...]:
        """The name of the field of x that has the segment; empty where a function of x does."""
        return (self.by,) if isinstance(self.by, str) else ()

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"calibrator": Platt(), "by": "c"}

    @property
    def segments(self) -> dict[Segment, float]:
        """The information that each segment has met; the one met last comes last."""
        return {segment: information for segment, (_, information) in self._segments.items()}

    def calibrate_one(self, p: float, x: Features | None = None) -> float:
        """Return the answer for the segment of x; the pooled answer where there is none."""
        pooled: float = self.calibrator.calibrate_one(p)
        kept = self._segments.get(segment_of(self.by, x))
        return pooled if kept is None else self._said(pooled, *kept)

    def learn_one(self, p: float, y: bool, w: float = 1.0, x: Features | None = None) -> None:
        """Learn that an event of this segment scored p turned out to be y; w = 0 changes nothing."""
        pooled = self.calibrator.calibrate_one(p)  # refuses what is no score
        y, w = checked_label(y), checked_weight(w)
        if w == 0.0:
            return
        segment = segment_of(self.by, x)
        self.calibrator.learn_one(p, y, w)
        if segment is None:
            return
        own, information = self._segments.pop(segment, (None, 0.0))
        own = self.calibrator.clone() if own is None else own
        said = self._said(pooled, own, information)
        own.learn_one(pooled, y, w)
        self._segments[segment] = own, min(MOST, information + w * said * (1.0 - said))
        if len(self._segments) > self.max_segments:
            del self._segments[next(iter(self._segments))]

    def _said(self, pooled: float, own: Any, information: float) -> float:
        if information == 0.0:
            return pooled
        share = information / (information + self.shrinkage)
        return shrunk(pooled, own.calibrate_one(pooled), share)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "calibrator": self.calibrator,
            "by": self.by,
            "shrinkage": self.shrinkage,
            "max_segments": self.max_segments,
            "segments": [[segment, *kept] for segment, kept in self._segments.items()],
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "calibrator", "by", "shrinkage", "max_segments", "segments")
        fresh = Segmented(saved["calibrator"], saved["by"], saved["shrinkage"], saved["max_segments"])
        segments: dict[Any, tuple[Any, float]] = {}
        for one in listed(saved, "segments", most=fresh.max_segments):
            segment, own, information = listed({"segments": one}, "segments", 3)
            if type(segment) not in (str, int, bool) or segment in segments or len(str(segment)) > LONGEST:
                raise refused("segments", "names that differ")
            if type(own) is not type(fresh.calibrator):
                raise refused("segments", "calibrators of the kind of the pooled one")
            segments[segment] = own, number({"segments": information}, "segments", 0.0, MOST)
        vars(self).update(
            calibrator=fresh.calibrator,
            by=fresh.by,
            shrinkage=fresh.shrinkage,
            max_segments=fresh.max_segments,
            _segments=segments,
        )
