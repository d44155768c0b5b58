"""Engines around a trained part: alone, with every kind of part beside it, or with classes by name."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from river import base

from streamimb import decision, drift, metrics
from streamimb.engine import Deciding, Engine, LabelPolicy
from streamimb.protocols import Reading
from tests.fuzz import hostile
from tests.fuzz.parts import Part

ROLES = {"amount": "cost", "user": "group", "at": "time"}
CLASSES = ("u", "v", "w")

Make = Callable[[], Engine]


class Odd(base.Base):
    """Answers anything, or raises, by the number of times it was asked."""

    def __init__(self, seed: int = 0) -> None:
        self.seed, self.asked = seed, 0

    def _said(self) -> Any:
        self.asked += 1
        rng = Random(self.seed + self.asked)
        if rng.random() < 0.2:
            raise hostile.Raising
        return hostile.value(rng)

    def readings(self) -> Any:
        """Return what is no reading now and then."""
        return [] if self.asked % 7 else [Reading("odd", "Anything at all.", self._said())]


class OddRule(Odd):
    """A decision rule."""

    def threshold_one(self, x: Any, t: float) -> Any:
        """Return anything."""
        return self._said()

    def observe_one(self, p: float, x: Any, t: float) -> None:
        """Raise now and then."""
        self._said()


class OddDetector(Odd):
    """A drift detector."""

    watches = "features"

    def update(self, *observed: Any) -> None:
        """Raise now and then."""
        self._said()

    @property
    def drift_detected(self) -> Any:
        """Whether there are alarms, or anything."""
        return self._said() if self.asked else False

    @property
    def alarms(self) -> Any:
        """Anything."""
        return self._said() if self.asked else ()


class OddMetric(Odd):
    """A metric."""

    def update(self, *observed: Any) -> None:
        """Raise now and then."""
        self._said()

    def get(self) -> Any:
        """Return anything."""
        return self._said()

    def merge(self, other: Any) -> None:
        """Do nothing."""


def engines(part: Part, labels: LabelPolicy, rng: Random) -> tuple[Make, tuple[Any, ...]]:
    """What makes engines of one kind, and the labels that they take."""
    what, seed = rng.randrange(4), rng.randrange(1_000)

    def alone() -> Engine:
        return Engine(part.made(), labels, allow_pickle=True)

    def with_every_part() -> Engine:
        odd = what == 1
        return Engine(
            part.made(),
            labels,
            roles=ROLES,
            metrics={
                "savings": metrics.Savings(miss="amount"),
                "gauc": metrics.GAUC("user"),
                **({"odd": OddMetric(seed)} if odd else {}),
            },
            detectors={
                "fields": drift.FeatureDrift(),
                "scores": drift.ScoreDrift(),
                "labels": drift.ClassConditionalDrift(),
                "delays": drift.LabelDelayDrift(),
                **({"odd": OddDetector(seed)} if odd else {}),
            },
            deciding=Deciding(OddRule(seed) if odd else decision.CostThreshold(miss="amount")),
            allow_pickle=True,
        )

    def with_classes() -> Engine:
        detectors = {"fields": drift.FeatureDrift(), "delays": drift.LabelDelayDrift()}
        return Engine(
            part.made(), labels, roles=ROLES, classes=CLASSES, detectors=detectors, allow_pickle=True
        )

    make = (alone, with_every_part, with_every_part, with_classes)[what]
    try:
        make()
    except ValueError:  # the part does not take these beside it
        return alone, (True, False)
    return make, CLASSES if what == 3 else (True, False)
