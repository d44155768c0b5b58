"""SMOTE: points between an event and its neighbours of the same class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries
from streamimb.parameters import Part, checked_seed
from streamimb.protocols import Features, Label, Proba
from streamimb.stats import UniformReservoir
from streamimb.stats.reservoir import Reservoir
from streamimb.synthesis.class_reservoirs import chosen
from streamimb.synthesis.copies import checked_copies
from streamimb.synthesis.neighbours import Neighbours, amid, checked_neighbours


class SMOTE(Part):
    r"""Replace copies of an event by points between it and its nearest neighbours of the same class.

    An example is $x + u (x' - x)$ in every field that is a number in both, with $x'$ one of the k nearest kept events
    of the class and u uniform on [0, 1). A string or a bool takes the commonest value among the k neighbours, its own
    where that is among the commonest (SMOTE-NC). What is missing in x stays missing, and a whole number may become a
    fraction. Distances are in standard deviations of the kept events, so no scaler is needed before it: the squared
    distance sums the squared differences of numbers, and 1 for each other field that differs. Before an event of the
    class is kept, copies of x itself are learned.

    The examples have the mass of the copies that they replace, so the correction of the sampler holds in the mean over
    a class, but not at each x. Put a calibrator on top.

    **Cost**: O(1) time for an event that the reservoir does not keep (1 µs), O(fields) for one that it keeps (30 µs for
    20). For an event that is copied a search, O(reservoir × fields) (.4 ms for 500 events of 20 numbers), and 10 µs
    for each example. Memory: the reservoir's, and 9 bytes for each of its places and fields, 256 fields at most.

    Parameters
    ----------
    k
        Number of neighbours, from 1 to 1,000.
    reservoir
        The pattern of the reservoir of each class; it takes no event itself. None: `stats.UniformReservoir()`, 500
        events of each class; `stats.RecencyReservoir` follows a stream that changes.
    seed
        Seed of the draws, from 0 to 2**64 - 1.

    Raises
    ------
    ValueError
        Where a parameter is out of range or no reservoir.

    Examples
    --------
    >>> from streamimb import synthesis
    >>> smote = synthesis.SMOTE(k=2)
    >>> for a in (0.0, 1.0, 5.0):
    ...     smote.learn_one({"a": a}, True)
    >>> made = list(smote.examples_one({"a": 0.4}, True, 3, score=None))
    >>> all(0.0 <= x["a"] <= 1.0 for x, _ in made), sum(w for _, w in made)
    (True, 3.0)

    References
    ----------
    Chawla, N. V. et al. (2002). SMOTE: synthetic minority over-sampling technique.
    https://doi.org/10.1613/jair.953. On streams: Bernardo et al. (2020), C-SMOTE, which keeps a window.
    """

    def __init__(self, k: int = 5, reservoir: Reservoir | None = None, seed: int = 0) -> None:
        self.k = checked_neighbours("k", k)
        self.reservoir = chosen(reservoir)
        self.seed = checked_seed(seed)
        self._near = Neighbours(self.reservoir)
        self._draw = Draw(self.seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"k": 3, "reservoir": UniformReservoir(size=20)}

    def learn_one(self, x: Features, y: Label) -> None:
        """Take a labelled event; a copy of it may be kept."""
        self._near.learn(x, y)

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return `copies` examples of weight 1; the score is not used."""
        copies = checked_copies(copies)
        return amid(x, self._near.nearest(x, y, self.k), copies, self._draw)

    @property
    def memory_budget_bytes(self) -> int:
        """The most that the events of two classes take."""
        return 2 * self.reservoir.memory_budget_bytes

    def __getstate__(self) -> dict[str, Any]:
        return {
            "k": self.k,
            "reservoir": self.reservoir,
            "seed": self.seed,
            "near": self._near.state(),
            "draw": self._draw.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "k", "reservoir", "seed", "near", "draw")
        fresh = SMOTE(saved["k"], saved["reservoir"], saved["seed"])
        near = fresh._near.resumed(saved["near"])
        fresh._draw.__setstate__(saved["draw"])
        vars(self).update({**vars(fresh), "_near": near})
