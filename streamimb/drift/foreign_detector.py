"""A detector of River's, on one number of each labelled score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from river import base

from streamimb._kernels.saved import entries, number, refused, switch, whole
from streamimb.drift.detector import Detector
from streamimb.drift.prior_threshold import checked_scored
from streamimb.parameters import refuse
from streamimb.stats.adwin import ADWIN

NUMBERS = ("label", "squared error")
LOOK_AT = {
    "drift": "The observed number changed: look at what it is of, and at the parameters of the detector."
}
KINDS = base.DriftDetector | base.BinaryDriftDetector


class ForeignDetector(Detector):
    """A drift detector of River's, or with River's API, on the label or the error of each labelled score.

    Its alarm is named "drift", with the last number as evidence. Weights are not passed on, but a label of weight 0 is
    left out. It is saved with what it contains: a class that streamimb does not have needs
    `allow_pickle = true` beside its factory in TOML.

    **Cost**: that of the detector, and .5 µs.

    Parameters
    ----------
    detector
        The detector, with `update(x)` and `drift_detected`; used itself, not copied.
    of
        The number: "label" (1 for True), or "squared error" (of the score).

    Raises
    ------
    ValueError
        Where a parameter is of another kind, y is neither True nor False, p is not in [0, 1], or a weight is negative
        or not finite.

    Examples
    --------
    >>> import random
    >>> from river import drift as river_drift
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.ForeignDetector(river_drift.ADWIN(), of="label")
    >>> for i in range(40_000):
    ...     p = 0.01 if i < 20_000 else 0.03
    ...     detector.update(rng.random() < p, p)
    ...     if detector.drift_detected:
    ...         print(i, detector.alarm.name)
    ...         break
    20767 drift
    """

    watches = "labelled scores"
    kind = "foreign_detector"
    look_at = LOOK_AT

    def __init__(self, detector: KINDS, of: str = "label") -> None:
        if isinstance(detector, type) or not isinstance(detector, KINDS):
            refuse("detector", detector, "a drift detector of River's, such as river.drift.ADWIN()")
        if of not in NUMBERS:
            refuse("of", of, f"one of {', '.join(NUMBERS)}")
        self.detector = detector
        self.of = of
        self._n, self._last, self._is_found = 0, 0.0, False

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"detector": ADWIN(), "of": "label"}

    def update(self, y: Any, p: float, w: float = 1.0) -> None:  # type: ignore[override]  # River's takes x alone
        """Take a label, the score that was served, and a weight."""
        label, w = checked_scored(y, p, w)
        if w == 0.0:
            return
        value = float(label) if self.of == "label" else (label - p) ** 2
        self.detector.update(value)  # type: ignore[arg-type]  # 0.0 and 1.0 of labels are False and True
        self._last, self._is_found = float(value), bool(self.detector.drift_detected)
        self._n += self._is_found

    def _found(self) -> Iterator[tuple[str, tuple[Any, ...], dict[str, float]]]:
        if self._is_found:
            yield "drift", (), {"last": self._last}

    def _raised(self) -> Mapping[str, int]:
        return {"drift": self._n}

    def __getstate__(self) -> dict[str, Any]:
        return {
            "detector": self.detector,
            "of": self.of,
            "_n": self._n,
            "_last": self._last,
            "_is_found": self._is_found,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "detector", "of", "_n", "_last", "_is_found")
        if not isinstance(saved["detector"], KINDS) or type(saved["of"]) is not str:
            raise refused("detector", "a drift detector of River's, and what it observes")
        fresh = ForeignDetector(saved["detector"], saved["of"])
        fresh._n, fresh._last = whole(saved, "_n"), number(saved, "_last")
        fresh._is_found = switch(saved, "_is_found")
        vars(self).update(vars(fresh))
