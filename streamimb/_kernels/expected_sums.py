# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: auto_pickle=False
"""Sums of what probabilities let expect, of the events that were served and of those whose label came."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels.observation import probability_of, weight_of

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.decayed_sums import DecayedSums
else:
    from cython.cimports.streamimb._kernels.decayed_sums import DecayedSums


@cython.cclass
class ExpectedSums:
    """Each `DecayedSums` has expected positives above and below the threshold, and weights above and below.

    Its squares are the variances of the first two (of what came: the squared weights of positives), and the squared
    weights above and below.
    """

    edge: cython.double  # the threshold
    of_served: DecayedSums
    of_labelled: DecayedSums
    of_came: DecayedSums

    def __cinit__(self) -> None:
        self.edge = 0.5
        self.of_served, self.of_labelled, self.of_came = DecayedSums(1e3), DecayedSums(1e3), DecayedSums(1e3)

    def _begin_sums(
        self, threshold: cython.double, served: DecayedSums, labelled: DecayedSums, came: DecayedSums
    ) -> None:
        """Go on with these sums; the caller has validated the threshold."""
        self.edge = threshold
        self.of_served, self.of_labelled, self.of_came = served, labelled, came

    def _sums_now(self) -> tuple[DecayedSums, DecayedSums, DecayedSums]:
        """Of what was served, of the labelled of it by their probabilities, and by their labels."""
        return self.of_served, self.of_labelled, self.of_came

    def serve(self, p: Any, w: Any = 1.0) -> None:
        """Take an event that was served, with P(True) or that of both classes, and its weight; it has no label yet.

        Raises ValueError as `update` does.
        """
        said: cython.double = probability_of(p, "p")
        weight: cython.double = weight_of(w)
        if weight > 0.0:
            self._put(self.of_served, said, said * (1.0 - said), said >= self.edge, weight)

    def serve_acted(self, p: cython.double, acted: cython.bint) -> None:
        """Take an event that was served with P(True), and whether it was acted on, unchecked; no threshold counts."""
        self._put(self.of_served, p, p * (1.0 - p), acted, 1.0)

    def update_acted(
        self, y: cython.bint, p: cython.double, acted: cython.bint, w: cython.double = 1.0
    ) -> None:
        """As `update_p`, of an event that was acted on or not, whatever the threshold is."""
        self._put(self.of_labelled, p, p * (1.0 - p), acted, w)
        self._put(self.of_came, 1.0 if y else 0.0, 1.0 if y else 0.0, acted, w)

    def update_p(self, y: cython.bint, p: cython.double, w: cython.double = 1.0) -> None:
        """Take one event whose label came, unchecked: p in [0, 1], w > 0 and at most 1e15."""
        self.update_acted(y, p, p >= self.edge, w)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _put(
        self,
        sums: DecayedSums,
        mean: cython.double,
        variance: cython.double,
        alert: cython.bint,
        w: cython.double,
    ) -> cython.void:
        if alert:
            sums.put(w * mean, 0.0, w, 0.0, w * w * variance, 0.0, w * w, 0.0)
        else:
            sums.put(0.0, w * mean, 0.0, w, 0.0, w * w * variance, 0.0, w * w)
