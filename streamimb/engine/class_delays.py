"""The delays of labels class by class, and whether they differ."""

from collections.abc import Iterable
from math import inf, nan, sqrt
from typing import Any

from streamimb._kernels.saved import entries, listed, number, refused
from streamimb.stats import DecayedQuantiles

ENOUGH = 20.0  # decayed labels of a class before its median delay is used
TWOFOLD = 2.0
KEPT = 0.5 ** (1 / 1_000)  # of the pairs, per pair
CLEAR = 4.0  # standard deviations


class ClassDelays:
    """Decayed quantiles of the delays of each class, and pairs of labels of two classes that came one after the other.

    Medians of two classes differ by chance where one has few labels, and at the start of a stream, where the rare class
    remembers a time when only short delays could have come. Two labels that come together had the same chance to come:
    with equal delays either is the slower one of its pair half the time. So delays differ where the medians do, and the
    slowest class or the fastest one is the slower one of its pairs more or less often than chance explains, by four
    standard deviations.

    Cost: about .2 µs per label.

    Examples
    --------
    >>> delays = ClassDelays((False, True))
    >>> for i in range(100):
    ...     delays.add(False, 10.0 + i % 7)
    ...     delays.add(True, 40.0 + i % 5)
    >>> round(delays.ratio, 1), delays.differ(2.0)
    (3.2, True)
    """

    __slots__ = ("_last", "_pairs", "of")

    def __init__(self, classes: Iterable[Any]) -> None:
        self.of: dict[Any, DecayedQuantiles] = {}
        self._pairs: dict[Any, list[float]] = {}  # how many, and in how many it was the slower one
        self._last: tuple[Any, float] | None = None
        self.extend(classes)

    def extend(self, classes: Iterable[Any]) -> None:
        """Follow these classes too from now on."""
        for name in classes:
            self.of[name], self._pairs[name] = DecayedQuantiles(), [0.0, 0.0]

    def add(self, y: Any, seconds: float) -> None:
        """Add the delay of one label."""
        self.of[y].add(seconds)
        if self._last is not None and self._last[0] != y:
            before, pairs = self._last[1], self._pairs[y]
            pairs[0] = KEPT * pairs[0] + 1.0
            pairs[1] = KEPT * pairs[1] + (0.5 if seconds == before else float(seconds > before))
        self._last = y, seconds

    def _medians(self) -> list[tuple[float, Any]]:
        medians = [(one.get(), y) for y, one in self.of.items() if one.weight() >= ENOUGH]
        return sorted(medians, key=lambda median: median[0])

    @property
    def ratio(self) -> float:
        """Median delay of the slowest class ÷ that of the fastest; nan before 20 labels of each of two classes."""
        medians = self._medians()
        if len(medians) < 2:
            return nan
        low, high = medians[0][0], medians[-1][0]
        return high / low if low > 0.0 else inf

    def differ(self, factor: float) -> bool:
        """Whether the medians differ by this factor, and the pairs by more than chance."""
        if not self.ratio >= factor:
            return False
        medians = self._medians()
        return any(self._is_clear(y) for _, y in (medians[0], medians[-1]))

    def _is_clear(self, y: Any) -> bool:
        n, slower = self._pairs[y]
        return abs(slower - 0.5 * n) > CLEAR * 0.5 * sqrt(n)

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot."""
        return {
            "of": list(self.of.values()),
            "pairs": list(map(list, self._pairs.values())),
            "last": None if self._last is None else [list(self.of).index(self._last[0]), self._last[1]],
        }

    @classmethod
    def of_state(cls, state: Any, classes: Iterable[Any]) -> "ClassDelays":
        """Return delays of these classes with the state that `state` gave.

        Raises
        ------
        ValueError
            It is not such a state.
        """
        saved = entries(state, "of", "pairs", "last")
        made = cls(classes)
        names = list(made.of)
        params = DecayedQuantiles()._get_params()
        for name, one in zip(names, listed(saved, "of", len(names)), strict=True):
            if type(one) is not DecayedQuantiles or one._get_params() != params:
                raise refused("of", "quantiles with the default parameters")
            made.of[name] = one
        for name, pairs in zip(names, listed(saved, "pairs", len(names)), strict=True):
            n, slower = (
                number({"pairs": each}, "pairs", 0.0, 1e6) for each in listed({"pairs": pairs}, "pairs", 2)
            )
            if slower > n:
                raise refused("pairs", "pairs, and in how many the class was the slower one")
            made._pairs[name] = [n, slower]
        if saved["last"] is not None:
            place, seconds = listed(saved, "last", 2)
            if type(place) is not int or not 0 <= place < len(names):
                raise refused("last", "the place of a class")
            made._last = names[place], number({"last": seconds}, "last", 0.0)
        return made
