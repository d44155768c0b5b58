"""One reservoir for each class, created when the first event of the class comes."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.answer import label_of
from streamimb._kernels.saved import distinct, entries, listed, refused
from streamimb.parameters import refuse
from streamimb.protocols import Features, Label
from streamimb.stats import UniformReservoir
from streamimb.stats.reservoir import Reservoir

ODD = 0x9E3779B97F4A7C15  # between the seeds of two classes, so that their draws differ


def chosen(reservoir: Any) -> Reservoir:
    """Return the reservoir that a constructor was given, or the default one.

    Raises
    ------
    ValueError
        Where it is no reservoir of `streamimb.stats`.
    """
    if reservoir is None:
        return UniformReservoir()
    if not isinstance(reservoir, Reservoir):
        refuse("reservoir", reservoir, "a reservoir such as stats.UniformReservoir(size=500), or None")
    return reservoir


class ClassReservoirs:
    """A sample of the events of each class; the reservoir given is the pattern, and takes no event itself.

    **Cost**: that of the reservoir, once per class.
    """

    def __init__(self, pattern: Reservoir) -> None:
        self.pattern = pattern
        self._by_label: dict[Any, Reservoir] = {}

    def put(self, x: Features, y: Label) -> int:
        """Take an event of class y; return the place where its reservoir keeps it, -1 where it does not."""
        reservoir = self._by_label.get(y)
        if reservoir is None:
            reservoir = self._by_label[label_of(y)] = self._made(len(self._by_label))
        return reservoir.put(x)

    def of(self, y: Label) -> Reservoir | None:
        """Return the reservoir of a class; None before its first event."""
        return self._by_label.get(y)

    def labels(self) -> list[Any]:
        """The classes in the order of their first event."""
        return list(self._by_label)

    def any_of(self, y: Label, uniform: float) -> Features | None:
        """Return a copy of the event that a number in [0, 1) chooses among those of class y; None without one."""
        reservoir = self._by_label.get(y)
        if reservoir is None or len(reservoir) == 0:
            return None
        return reservoir.at(int(uniform * len(reservoir)))

    def _made(self, n: int) -> Reservoir:
        return self.pattern.clone({"seed": (self.pattern.seed + n * ODD) % 2**64})

    def state(self) -> list[Any]:
        """The classes with their reservoirs, as data."""
        return [[label, reservoir.__getstate__()] for label, reservoir in self._by_label.items()]

    def resumed(self, state: Any) -> ClassReservoirs:
        """Return reservoirs of the same pattern with a saved state.

        Raises
        ------
        ValueError
            Where the state is damaged, or is that of another pattern.
        """
        made = ClassReservoirs(self.pattern)
        pairs = [listed({"classes": pair}, "classes", 2) for pair in listed({"classes": state}, "classes")]
        labels = distinct({"classes": [label for label, _ in pairs]}, "classes")
        for n, (label, saved) in enumerate(zip(labels, (saved for _, saved in pairs), strict=True)):
            reservoir = made._made(n)
            parameters = reservoir._get_params()
            given = entries(saved, *reservoir.__getstate__())
            if any(
                type(given[name]) is not type(own) or given[name] != own for name, own in parameters.items()
            ):
                raise refused("classes", "reservoirs with the parameters of the pattern")
            reservoir.__setstate__(saved)
            made._by_label[label] = reservoir
        return made
