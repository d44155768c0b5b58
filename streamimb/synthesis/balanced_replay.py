"""Replay of earlier events of a class from a bounded sample of them."""

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
from streamimb.synthesis.copies import checked_copies, checked_share, share_of


class BalancedReplay(Part):
    r"""Replace a share of the copies of an event by events of its class, drawn from a reservoir.

    Under `OverSampler(share=0.5)` the learner gets the classes in equal parts, and of a rare class a sample of all its
    events instead of the last one many times over: the re-balanced second stage of a batch learner, beside the first.
    The mass that is replayed is that of copies, so the correction is that of the sampler.

    **Cost**: that of the reservoir for an event, and O(bytes of an event) for each replay (3 µs for 12 numbers); the
    memory of one reservoir for each class.

    Parameters
    ----------
    share
        The part of further copies that are replays, in (0, 1]; the others are copies of the event itself.
    reservoir
        The pattern of the reservoir of each class; None: `stats.UniformReservoir()`.
    seed
        Seed of the draws, from 0 to 2**64 - 1.

    Raises
    ------
    ValueError
        Where a parameter is out of range.

    Examples
    --------
    >>> from streamimb import stats, synthesis
    >>> replay = synthesis.BalancedReplay(reservoir=stats.UniformReservoir(size=1))
    >>> replay.learn_one({"a": 1.0}, True)
    >>> replay.examples_one({"a": 2.0}, True, 2, score=None)
    [({'a': 1.0}, 1.0), ({'a': 1.0}, 1.0)]

    References
    ----------
    Kang et al. (2020), Decoupling representation and classifier for long-tailed recognition, arXiv:1910.09217: the
    classifier is learned again on class-balanced draws. Replays within the rates of a sampler are ours.
    """

    def __init__(self, share: float = 1.0, reservoir: Reservoir | None = None, seed: int = 0) -> None:
        self.share = checked_share(share)
        self.reservoir = chosen(reservoir)
        self.seed = checked_seed(seed)
        self._kept = ClassReservoirs(self.reservoir)
        self._draw = Draw(self.seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"share": 0.5, "reservoir": UniformReservoir(size=20)}

    def learn_one(self, x: Features, y: Label) -> None:
        """Take a labelled event; a copy of it may be kept."""
        self._kept.put(x, y)

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return `copies` examples of weight 1; the score is not used."""
        copies = checked_copies(copies)
        made: list[tuple[Features, float]] = []
        for _ in range(share_of(copies, self.share, self._draw)):
            event = self._kept.any_of(y, self._draw.uniform())
            made.append((dict(x) if event is None else {**left_out(x), **event}, 1.0))
        made += [(dict(x), 1.0) for _ in range(copies - len(made))]
        return made

    @property
    def memory_budget_bytes(self) -> int:
        """The most that the events of two classes take."""
        return 2 * self.reservoir.memory_budget_bytes

    def __getstate__(self) -> dict[str, Any]:
        return {
            "share": self.share,
            "reservoir": self.reservoir,
            "seed": self.seed,
            "kept": self._kept.state(),
            "draw": self._draw.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "share", "reservoir", "seed", "kept", "draw")
        fresh = BalancedReplay(saved["share"], saved["reservoir"], saved["seed"])
        kept = fresh._kept.resumed(saved["kept"])
        fresh._draw.__setstate__(saved["draw"])
        vars(self).update({**vars(fresh), "_kept": kept})
