"""All metrics of the served probabilities of one engine over classes by name, each class against the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, listed, refused
from streamimb.metrics.by_label import by_label
from streamimb.metrics.g_mean import geometric_mean
from streamimb.metrics.log_loss import LogLoss
from streamimb.metrics.served import ServedMetrics
from streamimb.parameters import Part, checked_half_life
from streamimb.protocols import ByClass, Reading
from streamimb.stats import DecayedMean

OVERALL = ("measured", "measured_share", "log_loss", "log_loss_interval")  # one number for all classes


class ServedClasses(Part):
    r"""The metrics of an engine over classes by name: served probabilities and decisions against labels.

    `of` has the `ServedMetrics` of each class against the rest. `log_loss` is the mean of $-\log p_y$ of the calibrated
    probabilities. `recalls` has the share of each class's events whose balanced decision was that class, of about its
    last `half_life` events; the macro recall is their mean and the G-mean their geometric mean, over the classes that
    were measured.

    **Cost**: about .4 µs per event and class; at most 200 kB per class.

    Parameters
    ----------
    classes
        Names of the classes; `extend` adds further ones.
    half_life
        Measured events (of `recalls`: of the class) after which one counts half; > 0.

    Raises
    ------
    ValueError
        A parameter is out of its range.

    Examples
    --------
    >>> served = ServedClasses(("a", "b"))
    >>> for y in "ab":
    ...     served.add(ByClass("a", {"a": (0.9, 0.8, 0.8), "b": (0.1, 0.2, 0.2)}), y)
    >>> round(served.of["a"].calibrated.get(), 1), round(served.log_loss.get(), 2), served.macro_recall
    (1.6, 0.92, 0.5)
    """

    def __init__(self, classes: tuple[str, ...], half_life: float = 20_000) -> None:
        self.classes = classes
        self.half_life = checked_half_life(half_life)
        self._log_loss = LogLoss(self.half_life)
        self._of = {name: ServedMetrics(self.half_life) for name in classes}
        self._recalls = {name: DecayedMean(self.half_life) for name in classes}
        self._feed: Callable[[ByClass, str, float], None] | None = None

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classes": ("a", "b", "c"), "half_life": 100}

    @property
    def of(self) -> Mapping[str, ServedMetrics]:
        """The metrics of each class against the rest."""
        return self._of

    @property
    def log_loss(self) -> LogLoss:
        """The log loss over all classes."""
        return self._log_loss

    @property
    def recalls(self) -> dict[str, float]:
        """The recall of the balanced decision by class; nan before its first event."""
        return {name: mean.get() if mean.mass > 0.0 else math.nan for name, mean in self._recalls.items()}

    @property
    def macro_recall(self) -> float:
        """The mean recall of the classes that were measured; nan before any."""
        known = [recall for recall in self.recalls.values() if recall == recall]
        return math.fsum(known) / len(known) if known else math.nan

    @property
    def g_mean(self) -> float:
        """The geometric mean of the recalls of the classes that were measured; nan before any."""
        return geometric_mean([recall for recall in self.recalls.values() if recall == recall])

    def add(self, served: ByClass, y: str, w: float = 1.0) -> None:
        """Add one event as it was served, its class, and its weight; of a class not served no metric is updated."""
        p = served.p
        for name, metrics in self._of.items():
            if name in p:  # a class that was added after the event was served has no probability
                metrics.add(*p[name], name == y, w)
        self._log_loss.update_p(True, p[y][2] if y in p else 0.0, w)
        self._recalls[y].update(served.decision == y, w)
        if self._feed is not None:
            self._feed(served, y, w)

    def feed(self, others: Callable[[ByClass, str, float], None] | None) -> None:
        """Call this too with each event that is added; None: nothing. It is no part of the state."""
        self._feed = others

    def take(self, served: Any, y: Any, w: float = 1.0) -> None:
        """Add one event of weight w whose `by_class` is what was served."""
        self.add(served.by_class, y, w)

    def leave_out(self, served: ByClass, y: str, w: float = 1.0) -> None:
        """Do nothing: takes the place of `add` for events that are not measured."""

    def lose(self) -> None:
        """Count an event that was served and will not be measured."""
        for metrics in self._of.values():
            metrics.lose()

    def orphan(self, y: str) -> None:
        """Add a label whose event was not found."""
        for name, metrics in self._of.items():
            metrics.orphan(name == y)

    def shares(self) -> dict[str, float]:
        """Return the decayed share of each class among the measured events, as if one of each share 1/K came before."""
        k = len(self._of)
        shares = {}
        for name, metrics in self._of.items():
            n, _, y, *_ = metrics.base_rate.sums()
            shares[name] = (y + 1.0 / k) / (n + 1.0)
        return shares

    def extend(self, classes: tuple[str, ...]) -> None:
        """Measure these further classes from now on."""
        vars(self)["classes"] = (*self.classes, *classes)
        for name in classes:
            self._of[name] = ServedMetrics(self.half_life)
            self._recalls[name] = DecayedMean(self.half_life)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        for reading in next(iter(self._of.values())).readings():
            if reading.name in OVERALL[:2]:
                yield reading
        for reading in by_label("class", self._of):
            if reading.name not in OVERALL:
                yield reading
        yield from self._log_loss.readings()
        yield Reading(
            "recall",
            "Share of the events of a class whose balanced decision was that class.",
            self.recalls,
            labels=("class",),
            title="recall",
            unit="share",
        )
        yield Reading(
            "macro_recall",
            "Mean recall of the classes.",
            self.macro_recall,
            title="macro recall",
            unit="share",
        )
        yield Reading("g_mean", "Geometric mean of the recalls.", self.g_mean, title="G-mean", unit="share")

    def __getstate__(self) -> dict[str, Any]:
        return {
            "classes": self.classes,
            "half_life": self.half_life,
            "log_loss": self._log_loss,
            "of": tuple(self._of.values()),
            "recalls": tuple(self._recalls.values()),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "classes", "half_life", "log_loss", "of", "recalls")
        classes = tuple(listed(saved, "classes", most=limits.MOST_CLASSES))
        if not classes or not all(type(name) is str for name in classes) or len(set(classes)) < len(classes):
            raise refused("classes", "names that differ, and at least one")
        fresh = ServedClasses(classes, saved["half_life"])
        parts = {
            name: listed(saved, name, len(classes)) if name != "log_loss" else [saved[name]]
            for name in ("log_loss", "of", "recalls")
        }
        expected = {
            "log_loss": fresh._log_loss,
            "of": fresh._of[classes[0]],
            "recalls": fresh._recalls[classes[0]],
        }
        for name, found in parts.items():
            own = expected[name]
            if any(type(part) is not type(own) or part._get_params() != own._get_params() for part in found):
                raise refused(name, "metrics with the parameters that follow from theirs")
        fresh._log_loss = parts["log_loss"][0]
        fresh._of = dict(zip(classes, parts["of"], strict=True))
        fresh._recalls = dict(zip(classes, parts["recalls"], strict=True))
        vars(self).update(vars(fresh))
