"""Whether the labels of a class by name stopped coming: `MissingPositives` for each class against the rest."""

from collections.abc import Mapping
from math import nan
from typing import Any

from streamimb._kernels.saved import entries, refused
from streamimb.engine.missing_positives import MissingPositives
from streamimb.metrics.served import ServedMetrics


class MissingClasses:
    """Labels of each class expected since its last one.

    Cost: O(classes) per look.

    Examples
    --------
    >>> missing = MissingClasses()
    >>> missing.look({"a": 900, "b": 100}, {})
    >>> missing.look({"a": 2_900, "b": 100}, {})
    >>> missing.found["b"].expected, list(missing.found)
    (200.0, ['b'])
    """

    __slots__ = ("_of",)

    def __init__(self) -> None:
        self._of: dict[str, MissingPositives] = {}

    def look(self, learned_of: Mapping[str, int], measured: Mapping[str, ServedMetrics]) -> None:
        """Update with the labels learned so far of each class, and what was measured of each."""
        learned = sum(learned_of.values())
        for name, n in learned_of.items():
            events, _, of_class, *_ = measured[name].sums() if name in measured else (0.0, 0.0, 0.0)
            rate = of_class / events if events > 0.0 else nan
            self._of.setdefault(name, MissingPositives()).look(n, learned, rate)

    @property
    def found(self) -> dict[str, MissingPositives]:
        """The classes whose labels stopped coming, the one of which most were expected first."""
        found = [(name, one) for name, one in self._of.items() if one.found]
        return dict(sorted(found, key=lambda each: (-each[1].expected, each[0])))

    def state(self) -> dict[str, Any]:
        """Its numbers, for a snapshot."""
        return {name: one.state() for name, one in self._of.items()}

    @classmethod
    def of_state(cls, state: Any) -> "MissingClasses":
        """Return one with the numbers that `state` gave.

        Raises
        ------
        ValueError
            They are not those of `MissingPositives` by the name of a class.
        """
        if type(state) is not dict or not all(type(name) is str for name in state):
            raise refused("missing_of", "numbers by the name of a class")
        saved = entries(state, *state)
        made = cls()
        made._of = {name: MissingPositives.of_state(saved[name]) for name in saved}
        return made
