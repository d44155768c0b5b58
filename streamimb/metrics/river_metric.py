"""`RiverMetric`, the base of our metrics: River's interface, validated updates, and a state in a kernel."""

from __future__ import annotations

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, NoReturn, Self

from streamimb._kernels.observation import observation
from streamimb._kernels.saved import alike, entries
from streamimb.metrics.river_interface import BinaryMetric
from streamimb.parameters import Part, number, refuse_other
from streamimb.protocols import Features, Proba, Reading


def metric_half_life(value: Any) -> float:
    """Return the number of events after which one counts half in a metric; inf: every event counts alike.

    Raises
    ------
    ValueError
        The value is no number above 0.

    Examples
    --------
    >>> metric_half_life(math.inf)
    inf
    """
    if isinstance(value, float) and value == math.inf:
        return math.inf
    expected = "a number of events > 0, or inf: every event counts alike"
    return number("half_life", value, lambda events: events > 0.0, expected)


class RiverMetric(Part, BinaryMetric, ABC):
    """A metric of the probability of True: a `BinaryMetric` of River with `merge` and `readings`.

    A subclass has `update_p(y, p, w)`, which takes a checked event. Where its state lies in a kernel, the kernel is its
    second base and `_kernel` names it; `_follows` are entries of the kernel's state that follow from the parameters.
    `_sources` are the parameters that may name a field of x or be a function of x.
    """

    _fmt = ",.6f"
    _kernel: ClassVar[Any] = None
    _follows: ClassVar[tuple[str, ...]] = ("fade",)
    _sources: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    @property
    def requires_labels(self) -> bool:
        """Whether River gives it the labels of `predict_one`; otherwise it gives probabilities."""
        return False

    @property
    def fields_read(self) -> tuple[str, ...] | None:
        """Names of the fields of x that `update` reads; None where a function of x may read any of them."""
        sources = [getattr(self, name) for name in self._sources]
        if any(callable(source) for source in sources):
            return None
        return tuple(source for source in sources if isinstance(source, str))

    @property
    def requires_x(self) -> bool:
        """Whether `update` needs the features of the event as `x`."""
        return self.fields_read != ()

    def __add__(self, other: Any) -> Any:
        """Return River's container of both metrics.

        Raises
        ------
        ValueError
            One takes labels and the other probabilities: River would give the first the class of p >= .5, whatever the
            model decides.
        """
        if getattr(other, "requires_labels", self.requires_labels) is not self.requires_labels:
            labels, p = (self, other) if self.requires_labels else (other, self)
            raise ValueError(
                f"{type(labels).__name__} takes labels and {type(p).__name__} probabilities: in one container River "
                "cuts these at .5, whatever the model decides: evaluate them apart, or give the first a threshold"
            )
        return super().__add__(other)

    @abstractmethod
    def get(self) -> float:
        """Return the value; nan where it is not known yet."""

    @abstractmethod
    def readings(self) -> Iterable[Reading]:
        """Return what is exported."""

    def update(
        self: Any, y_true: bool, y_pred: float | Proba, w: float = 1.0, x: Features | None = None
    ) -> None:
        """Take one event: its class, P(True) or the probabilities of both classes, and its weight.

        Only metrics with `requires_x` use the features x; where x is None they take those that the probabilities of
        `WithFeatures` carry.
        """
        if type(y_pred) is float and type(y_true) is bool and 0.0 <= y_pred <= 1.0 and w == 1.0:
            self.update_p(y_true, y_pred)  # the usual case needs no further check
            return
        y, p, w = observation(y_true, y_pred, w)
        if w > 0.0:
            self.update_p(y, p, w)

    def revert(self, y_true: bool, y_pred: float | Proba, w: float = 1.0) -> NoReturn:
        """Raise: a sum does not have its single events any more."""
        raise NotImplementedError(
            f"{type(self).__name__} cannot take an event back, because no single event is kept: for the last events "
            "alone use metrics.Windowed(metric, events)"
        )

    def lifetime(self) -> Self:
        """Return a clone before its first event that counts every event alike.

        Raises
        ------
        ValueError
            Its memory is not a `half_life` that may be inf.
        """
        name = type(self).__name__
        if "half_life" not in self._names():
            raise ValueError(f"{name} cannot count every event alike: it has no parameter half_life")
        try:
            return self.clone({"half_life": math.inf})
        except ValueError as error:
            raise ValueError(f"{name} cannot count every event alike: {error}") from error

    def merge(self, other: Self) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, *self._names())
        self._kernel.append(self, other)

    def __getstate__(self) -> dict[str, Any]:
        if self._kernel is None:
            return dict(vars(self))
        return {
            **{name: getattr(self, name) for name in self._names()},
            "_sums": self._kernel.__getstate__(self),
        }

    @classmethod
    def _names(cls) -> list[str]:
        return list(inspect.signature(cls.__init__).parameters)[1:]

    def __setstate__(self, state: Any) -> None:
        if self._kernel is None:
            super().__setstate__(state)
            return
        names = self._names()
        saved = entries(state, *names, "_sums")
        parameters = {name: saved[name] for name in names}
        fresh = type(self)(**parameters)
        alike(saved["_sums"], self._kernel.__getstate__(fresh), *self._follows)
        self._kernel.__setstate__(self, saved["_sums"])
        vars(self).update(parameters)


class _NoDirection:
    """`bigger_is_better` of a metric whose best value is in between, or that has none."""

    def __init__(self, instead: str) -> None:
        self.instead = instead

    def __get__(self, metric: Any, kind: Any = None) -> Any:
        if metric is None:
            return self
        raise NotImplementedError(f"no value of {type(metric).__name__} is the best: {self.instead}")


def no_direction(instead: str) -> Any:
    """Return a `bigger_is_better` that raises NotImplementedError and names a metric to compare by."""
    return _NoDirection(instead)
