# cython: language_level=3, boundscheck=False, wraparound=False
"""Passes what an engine observes to the drift detectors that watch it, and reports what they find and raise."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.update_gate import UpdateGate
else:
    from cython.cimports.streamimb._kernels.update_gate import UpdateGate


@cython.cclass
class Watch:
    """`found(name)` is called where an update raised an alarm, `failed(name, error)` where it raised an exception.

    Another thread that reads in `with gate` finds no detector half updated.
    """

    of_features: list[Any]  # (name, detector, its update)
    of_scores: list[Any]
    of_labels: list[Any]
    of_delays: list[Any]
    more: tuple[Any, ...]  # functions that take a score, and do not raise
    found: Any
    failed: Any
    warm = cython.declare(cython.bint, visibility="public")  # scores of a model that is not are left out
    fields: Any  # of a configured schema, by name; None: all
    gate = cython.declare(UpdateGate, visibility="readonly")

    def __init__(self, detectors: dict[str, Any], found: Any, failed: Any) -> None:
        self.of_features, self.of_scores, self.of_labels, self.of_delays = (
            [(name, one, one.update) for name, one in detectors.items() if one.watches == kind]
            for kind in ("features", "scores", "labelled scores", "delays")
        )
        self.gate = UpdateGate()
        self.found, self.failed, self.warm, self.more, self.fields = found, failed, False, (), None

    def follow(self, *more: Any) -> None:
        """Call these functions too with each score from now on."""
        self.more = more

    def limit(self, fields: Any) -> None:
        """Pass on only these fields of an event that the guard cleaned; None for all."""
        self.fields = fields

    def event(self, x: Any, p: Any, cleaned: cython.bint) -> None:
        """The features of an event as it came, and the probability that was served.

        An event that was not cleaned is a dict that has no other fields than the schema.
        """
        if self.of_features:
            try:
                seen = within(x, self.fields) if cleaned else x
            except Exception as error:  # noqa: BLE001  methods of a foreign name may raise anything
                for one in self.of_features:
                    self.failed(one[0], error)
            else:
                self._tell_all(self.of_features, seen)
        if self.warm:
            for take in self.more:
                take(p)
            self._tell_all(self.of_scores, p)

    def delay(self, seconds: Any, t: Any) -> None:
        """The seconds from an event to its label, and the time of the event."""
        if not self.of_delays:
            return
        self.gate.begin()
        try:
            for name, detector, update in self.of_delays:
                try:
                    update(seconds, t)
                    if detector.drift_detected:
                        self.found(name)
                except Exception as error:  # noqa: BLE001  as in `labelled`
                    self.failed(name, error)
        finally:
            self.gate.end()

    def labelled(self, y: Any, p: Any, w: Any = 1.0) -> None:
        """A label, the probability that was served, and the weight."""
        if not self.of_labels:
            return
        self.gate.begin()
        try:
            for name, detector, update in self.of_labels:
                try:
                    update(y, p, w)
                    if detector.drift_detected:
                        self.found(name)
                except Exception as error:  # noqa: BLE001  a user's detector may raise anything
                    self.failed(name, error)
        finally:
            self.gate.end()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _tell_all(self, detectors: list[Any], observed: Any) -> cython.int:
        if len(detectors) > 0:
            self.gate.begin()
            try:
                for one in detectors:
                    self._tell(one, observed)
            finally:
                self.gate.end()
        return 0

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


@cython.cfunc
def within(x: Any, fields: Any) -> dict[Any, Any]:
    """Those of the features that are among the fields; x itself where all are."""
    if type(x) is not dict:
        x = dict(dict.items(x))
    event: dict[Any, Any] = x
    if fields is None:
        return event
    for name in event:
        # By the type of a name first, because a foreign one may run code of its own when it is compared.
        if not ((type(name) is str or type(name) is int) and name in fields):
            break
    else:
        return event
    return {
        name: value
        for name, value in event.items()
        if (type(name) is str or type(name) is int) and name in fields
    }
