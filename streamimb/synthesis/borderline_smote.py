"""Borderline-SMOTE: SMOTE from the events whose neighbours are mostly of other classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries
from streamimb.parameters import Part, checked_seed
from streamimb.protocols import Features, Label, Proba
from streamimb.stats import UniformReservoir
from streamimb.stats.event_data import left_out
from streamimb.stats.reservoir import Reservoir
from streamimb.synthesis.class_reservoirs import ClassReservoirs, chosen
from streamimb.synthesis.copies import checked_copies
from streamimb.synthesis.neighbours import Neighbours, amid, checked_neighbours


class BorderlineSMOTE(Part):
    r"""Replace copies of an event by SMOTE's points, made from events on the border between the classes.

    An event is on the border where at least half, but not all, of its m nearest kept events are of other classes; it is
    judged when copies of it are made, and then put into a second reservoir of its class. Where the event is not on the
    border, a random one from that reservoir takes its place as x in `SMOTE`; x itself does while there is none. The
    reservoirs hold as many events of a rare class as of a common one, so the border is where the classes would be
    equally likely if they were equally common.

    The examples have the mass of the copies that they replace, but lie at the border: the correction of the sampler
    holds in the mean over a class, and least at each x. Put a calibrator on top.

    **Cost**: as `SMOTE`, with one search more for each class for an event that is copied (.4 ms for 500 events of 20
    numbers), and a second reservoir for each class of which copies are made.

    Parameters
    ----------
    k
        Number of neighbours of the same class, from 1 to 1,000.
    m
        Number of neighbours of all classes that show whether an event is on the border, from 1 to 1,000.
    reservoir
        The pattern of the reservoirs of each class; it takes no event itself. None: `stats.UniformReservoir()`, 500
        events.
    seed
        Seed of the draws, from 0 to 2**64 - 1.

    Raises
    ------
    ValueError
        Where a parameter is out of range or no reservoir.

    Examples
    --------
    >>> from streamimb import synthesis
    >>> smote = synthesis.BorderlineSMOTE(k=1, m=3)
    >>> for a, y in ((0.0, True), (5.0, True), (5.1, False), (5.2, False), (9.0, False)):
    ...     smote.learn_one({"a": a}, y)
    >>> _ = smote.examples_one({"a": 4.9}, True, 1, score=None)  # on the border
    >>> ((x, w),) = smote.examples_one({"a": 0.1}, True, 1, score=None)  # not on the border
    >>> 4.9 <= x["a"] <= 5.0, w
    (True, 1.0)

    References
    ----------
    Han, H., Wang, W.-Y. and Mao, B.-H. (2005). Borderline-SMOTE. https://doi.org/10.1007/11538059_91. Its first
    variant; the reservoirs are ours.
    """

    def __init__(self, k: int = 5, m: int = 10, reservoir: Reservoir | None = None, seed: int = 0) -> None:
        self.k = checked_neighbours("k", k)
        self.m = checked_neighbours("m", m)
        self.reservoir = chosen(reservoir)
        self.seed = checked_seed(seed)
        self._near = Neighbours(self.reservoir)
        self._border = ClassReservoirs(self.reservoir)
        self._draw = Draw(self.seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"k": 3, "m": 5, "reservoir": UniformReservoir(size=20)}

    def learn_one(self, x: Features, y: Label) -> None:
        """Take a labelled event; a copy of it may be kept."""
        self._near.learn(x, y)

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return `copies` examples of weight 1; the score is not used. An event on the border is kept as such."""
        copies = checked_copies(copies)
        others, found = self._near.of_others(x, y, self.m)
        if found <= 2 * others < 2 * found:
            self._border.put(x, y)
            seed: Features | None = None
        else:
            seed = self._border.any_of(y, self._draw.uniform())
        if seed is None:
            return amid(x, self._near.nearest(x, y, self.k), copies, self._draw)
        near = self._near.nearest(seed, y, self.k + 1)
        near = [other for other in near if other != seed][: self.k]  # the seed may be kept in both reservoirs
        return amid({**left_out(x), **seed}, near, copies, self._draw)

    @property
    def memory_budget_bytes(self) -> int:
        """The most that the events of two classes take."""
        return 4 * self.reservoir.memory_budget_bytes

    def __getstate__(self) -> dict[str, Any]:
        return {
            "k": self.k,
            "m": self.m,
            "reservoir": self.reservoir,
            "seed": self.seed,
            "near": self._near.state(),
            "border": self._border.state(),
            "draw": self._draw.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "k", "m", "reservoir", "seed", "near", "border", "draw")
        fresh = BorderlineSMOTE(saved["k"], saved["m"], saved["reservoir"], saved["seed"])
        near, border = fresh._near.resumed(saved["near"]), fresh._border.resumed(saved["border"])
        fresh._draw.__setstate__(saved["draw"])
        vars(self).update({**vars(fresh), "_near": near, "_border": border})
