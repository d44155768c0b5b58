# cython: language_level=3, boundscheck=False, wraparound=False
"""Passes what an engine observes to the drift detectors that watch it, and reports what they find and raise."""

from __future__ import annotations

from typing import Any

import cython


@cython.cclass
class Watch:
    """`found(name)` is called where an update raised an alarm, `failed(name, error)` where it raised an exception."""

    of_features: list[Any]  # (name, detector, its update)
    of_scores: list[Any]
    of_labels: list[Any]
    of_delays: list[Any]
    more: tuple[Any, ...]  # functions that take a score, and do not raise
    found: Any
    failed: Any
    warm = cython.declare(cython.bint, visibility="public")  # scores of a model that is not are left out

    def __init__(self, detectors: dict[str, Any], found: Any, failed: Any) -> None:
        self.of_features, self.of_scores, self.of_labels, self.of_delays = (
            [(name, one, one.update) for name, one in detectors.items() if one.watches == kind]
            for kind in ("features", "scores", "labelled scores", "delays")
        )
        self.found, self.failed, self.warm, self.more = found, failed, False, ()

    def follow(self, *more: Any) -> None:
        """Call these functions too with each score from now on."""
        self.more = more

    def event(self, x: Any, p: Any) -> None:
        """The features of an event as it came, and the probability that was served."""
        for one in self.of_features:
            self._tell(one, x)
        if self.warm:
            for take in self.more:
                take(p)
            for one in self.of_scores:
                self._tell(one, p)

    def delay(self, seconds: Any) -> None:
        """The seconds from an event to its label."""
        for one in self.of_delays:
            self._tell(one, seconds)

    def labelled(self, y: Any, p: Any, w: Any = 1.0) -> None:
        """A label, the probability that was served, and the weight."""
        for name, detector, update in self.of_labels:
            try:
                update(y, p, w)
                if detector.drift_detected:
                    self.found(name)
            except Exception as error:  # noqa: BLE001  a user's detector may raise anything
                self.failed(name, error)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _tell(self, watching: tuple[Any, ...], observed: Any) -> cython.int:
        try:
            watching[2](observed)
            if watching[1].drift_detected:
                self.found(watching[0])
        except Exception as error:  # noqa: BLE001  as above
            self.failed(watching[0], error)
        return 0
