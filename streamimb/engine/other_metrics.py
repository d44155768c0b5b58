"""A user's own metrics beside those of the engine, each with a name: updated and exported.

What a metric raises, and a reading that is not fit to export, is counted and goes no further.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from streamimb._kernels.update_gate import UpdateGate
from streamimb.engine import named_parts
from streamimb.engine.each_class import EachClass
from streamimb.engine.shares import Share, percent
from streamimb.exportable import MOST_LABEL_VALUES, Exportable
from streamimb.protocols import ByClass, Features, Metric, ProbabilityMetric, Reading

RAISES_OFTEN = 0.01  # of the events
RAISES = (
    "[metric.{name}] {error} for {share} of the events, which it misses: correct the metric, or leave it out"
)
UNREADABLE = "[metric.{name}] is not exported as a whole: {fault}; correct the metric, or leave it out"


class OtherMetrics:
    """Updates each metric with every measured event.

    A reading is exported as `<name of the metric>_<name of the reading>`, once where the two are the same. A
    metric that raises misses the event; a reading that is wrong, has come before, or was not there at the start is not
    exported. `failed` counts both, and `errors` says what was wrong last, without a value.

    Where classes have names, a metric with `multiclass = True` is given the name of the class, and the probability of
    each or, with `requires_labels`, the decision. Any other is kept for each class against the rest, and its readings
    have the label `class`.

    Metrics with `requires_x = True` are updated by `add_x`, which the caller calls after `add` or `add_class`. `kept`
    returns of the features what such metrics read.

    Where a rule `decides` and the classes are True and False, metrics of labels (`requires_labels = True`) get by
    `add_decision` whether the event was acted on.

    `serve` passes on each P(True) that is served to the metrics that have a method of this name.

    Other threads may call `readings`: no metric is asked for them while it is updated.

    Cost: one call per metric, event and class, and a lock per event.

    Parameters
    ----------
    metrics
        The metrics by name: lower case letters, digits and underscores, a letter first.
    classes
        Names of the classes; () where they are True and False.
    decides
        Whether there is a decision rule.

    Raises
    ------
    ValueError
        A name is not valid, an object is no `Metric` that the engine can update, or its readings are not fit to export.
    """

    __slots__ = (
        "_decisions", "_exported", "_fields", "_for_each", "_gate", "_missed", "_often", "_raised_of", "_serves",
        "_shares", "_unread", "_updated", "_updates", "_updates_x", "decides", "degraded", "errors",
    )  # fmt: skip

    def __init__(
        self, metrics: Mapping[str, Metric], classes: tuple[str, ...] = (), *, decides: bool = False
    ) -> None:
        self.decides = decides
        self._raised_of: dict[str, int] = {}  # times each metric raised since the state began
        self._unread = dict.fromkeys(metrics, 0)  # times its readings were wrong since the start
        self.errors: dict[str, str] = {}
        self._updated, self._missed = (
            0,
            dict.fromkeys(metrics, 0),
        )  # events, and how many each metric raised on
        self._often = dict.fromkeys(metrics, False)
        self._gate = UpdateGate()  # an update may change the size of a dict that a reading iterates over
        self.degraded: dict[str, str] = {}  # replaced, never changed in place: other threads read it
        self._shares = {name: Share() for name in metrics}
        self._exported: dict[str, Exportable] = {}
        self._for_each: set[str] = set()  # names of the metrics that are kept for each class
        for name, metric in metrics.items():
            _check(name, metric, classes, decides=decides)
            kept: Any = metric
            if classes and not _multiclass(metric):
                self._for_each.add(name)
                kept = EachClass(metric)
                kept.extend(classes)
            try:
                self._exported[name] = Exportable(kept, MOST_LABEL_VALUES * max(1, len(classes)))
            except ValueError as error:
                raise ValueError(f"metrics: {name!r} cannot be exported: {error}") from error
            if not self._exported[name].readings():
                raise ValueError(f"metrics: {name!r} cannot be exported: it has no readings")
        self._bind()

    def _bind(self) -> None:
        """Bind once the methods that every event calls."""
        self._updates: list[tuple[str, Callable[..., None]]] = []
        self._updates_x: list[tuple[str, Callable[..., None]]] = []
        self._decisions: list[tuple[str, Callable[..., None]]] = []
        self._serves: list[tuple[str, Callable[[float], None]]] = []
        self._fields: set[str] | None = set()  # None: any
        for name, part in self.metrics.items():
            for_each = name in self._for_each
            metric: Any = part.metric if for_each else part
            if callable(serve := getattr(part, "serve", None)):
                self._serves.append((name, serve))
            if self.decides and getattr(metric, "requires_labels", False):
                self._decisions.append((name, metric.update))
                continue
            if not getattr(metric, "requires_x", False):
                self._updates.append((name, part.add if for_each else _update(metric)))
                continue
            self._updates_x.append((name, part.add_x if for_each else _update_x(metric)))
            read = getattr(metric, "fields_read", None)
            self._fields = None if read is None or self._fields is None else self._fields | set(read)

    @property
    def metrics(self) -> dict[str, Any]:
        """The metrics by name; one that is kept for each class is an `EachClass`."""
        return {name: each.part for name, each in self._exported.items()}

    @property
    def failed(self) -> dict[str, int]:
        """Times each metric raised, and of this run times that its readings were not fit to export."""
        return {name: self._raised_of.get(name, 0) + n for name, n in self._unread.items()}

    def count_in(self, raised: dict[str, int]) -> None:
        """Count in this dict, which a snapshot has, how often each metric raises."""
        self._raised_of = raised

    def resume(self, saved: Mapping[str, Any]) -> None:
        """Go on with saved metrics, of the same classes and parameters as those here."""
        for name, metric in saved.items():
            self._exported[name].part = metric
        self._bind()

    def extend(self, classes: tuple[str, ...]) -> None:
        """Measure these classes too from now on, where classes have names."""
        for name in self._for_each:
            self.metrics[name].extend(classes)

    @property
    def of_served(self) -> bool:
        """Whether one of the metrics takes what is served, before its label."""
        return bool(self._serves)

    def serve(self, p: float) -> None:
        """Add one P(True) that was served, and has no label yet."""
        self._pass_on(self._serves, p)

    def add(self, y: bool, p: float, w: float) -> None:
        """Add one measured event: its class, and the probability that was served."""
        self._updated += 1
        self._pass_on(self._updates, y, p, w)

    def add_decision(self, y: bool, acted: bool, w: float) -> None:
        """Add one measured event: its class, and whether it was acted on."""
        self._pass_on(self._decisions, y, acted, w)

    def add_class(self, served: ByClass, y: str, w: float = 1.0) -> None:
        """Add one measured event whose class has a name, as it was served."""
        self._updated += 1
        self._pass_on(self._updates, served, y, w)

    @property
    def of_x(self) -> bool:
        """Whether one of the metrics reads features."""
        return bool(self._updates_x)

    def add_x(self, y: bool | str, served: Any, x: Features, w: float = 1.0) -> None:
        """Add one measured event to the metrics that read features: its class, what was served, features and weight.

        What was served is P(True), or a `ByClass` where classes have names.
        """
        self._pass_on(self._updates_x, y, served, x, w)

    def _pass_on(self, updates: list[tuple[str, Callable[..., None]]], *given: Any) -> None:
        if not updates:
            return
        self._gate.begin()
        try:
            for name, update in updates:
                try:
                    update(*given)
                except Exception as error:  # noqa: BLE001  a user's metric may raise anything: counted, named
                    self._raised(name, error)
        finally:
            self._gate.end()

    def kept(self, x: Features) -> Features | None:
        """Return those of the features that the metrics read; None where none of them reads any."""
        names = self._fields
        if not self._updates_x:
            return None
        return x if names is None else {name: x[name] for name in names if name in x}

    def _raised(self, name: str, error: Exception) -> None:
        self._raised_of[name] = self._raised_of.get(name, 0) + 1
        self._missed[name] += 1
        self.errors[name] = f"raises {type(error).__name__}"  # its message may quote a value

    def look(self) -> None:
        """Compute `degraded`: which metrics raise often, or were not exported as a whole when they were last read."""
        told = []
        for name, share in self._shares.items():
            share.fold(self._missed[name], self._updated)
            self._often[name] = share.above(RAISES_OFTEN, self._often[name])
            if self._often[name]:
                told.append(RAISES.format(name=name, error=self.errors[name], share=percent(share.share)))
            elif fault := self._exported[name].fault:
                told.append(UNREADABLE.format(name=name, fault=fault))
        self.degraded = {"metric_fails": "; ".join(told)} if told else {}

    def readings(self) -> Iterator[Reading]:
        """Yield the readings; none where there are no metrics."""
        for name, exported in self._exported.items():
            with self._gate:
                kept = exported.readings()
                if exported.fault:
                    self._unread[name] += 1
                    self.errors[name] = exported.fault
            yield from named_parts.exported(name, kept)
        if failed := self.failed:
            yield Reading(
                "metric_failures",
                "Times a metric raised on an event, or had a reading that is not exported.",
                failed,
                "counter",
                ("metric",),
            )


def _update(metric: Any) -> Callable[..., None]:
    """The method that is called with each event."""
    if _multiclass(metric):
        return partial(_add_class, metric.update, getattr(metric, "requires_labels", False))
    return metric.update_p if isinstance(metric, ProbabilityMetric) else metric.update


def _add_class(update: Callable[..., None], takes_labels: bool, served: ByClass, y: str, w: float) -> None:
    update(y, served.decision if takes_labels else {name: p for name, (_, _, p) in served.p.items()}, w)


def _update_x(metric: Any) -> Callable[..., None]:
    """The method that is called with each event and its features."""
    if _multiclass(metric):
        takes_labels = getattr(metric, "requires_labels", False)
        return lambda y, served, x, w: _add_class(partial(metric.update, x=x), takes_labels, served, y, w)
    update = metric.update
    return lambda y, p, x, w: update(y, p, w, x)


def _multiclass(metric: object) -> bool:
    """Whether it measures all classes by name together."""
    return bool(getattr(metric, "multiclass", False))


def _check(name: str, metric: object, classes: tuple[str, ...], *, decides: bool) -> None:
    """Refuse what is no metric, or cannot measure what the engine serves."""
    named_parts.check_name("metrics", name)
    if isinstance(metric, type) or not isinstance(metric, Metric):
        raise ValueError(
            f"metrics: {name!r} is a {type(metric).__name__}: expected a metric with update(y_true, y_pred, w), get(), "
            "merge(other) and readings()"
        )
    of_labels, of_x = (getattr(metric, what, False) for what in ("requires_labels", "requires_x"))
    if not classes and of_labels and (of_x or not decides):
        raise ValueError(
            f"metrics: {name!r} takes decisions, and the engine hands it P(True): give it a threshold, or leave it "
            "out; metrics without features get decisions where there is a [decision]"
        )
