"""A generator of the user's own, for a share of the copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import fsum
from typing import Any

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries
from streamimb.parameters import Part, checked_seed, refuse
from streamimb.protocols import Features, Label, Proba, Synthesizer
from streamimb.synthesis.copies import checked_copies, checked_share, share_of
from streamimb.synthesis.smote import SMOTE

GENERATOR = "an object with learn_one and examples_one; put a function into the examples_one of a class"


class External(Part):
    """Replace a share of the copies of an event by examples of a generator of your own; the rest stay copies.

    The generator is any object with the methods of `protocols.Synthesizer`: `learn_one(x, y)` and
    `examples_one(x, y, copies, score)`, such as a network trained elsewhere. Of n copies it is asked for
    `share` times n, rounded up or down at random, so that the share is exact in the mean. It gets a copy of x.

    A function is refused: it could not be saved as data. An object is saved by its class's name in the catalogue and
    its state, so register its class (`catalogue.register`, or the entry point group `streamimb.parts`); an object of
    any other class is saved only where the state may hold pickles.

    **Cost**: that of the generator, and .5 µs.

    Parameters
    ----------
    generator
        The object that makes the examples.
    share
        The part of further copies that it makes, in (0, 1].
    seed
        Seed of the draws, from 0 to 2**64 - 1.

    Raises
    ------
    ValueError
        Where a parameter is out of range or no generator, or the weights of the generator's examples do not sum to the
        copies that it was asked for.

    Examples
    --------
    >>> from streamimb import synthesis
    >>> class Larger:
    ...     def learn_one(self, x, y): ...
    ...     def examples_one(self, x, y, copies, score):
    ...         return [({"a": 2 * x["a"]}, 1.0)] * copies
    >>> half = synthesis.External(Larger(), share=0.5)
    >>> sorted(x["a"] for x, _ in half.examples_one({"a": 1.0}, True, 4, score=None))
    [1.0, 1.0, 2.0, 2.0]

    References
    ----------
    The share and its rounding are ours.
    """

    def __init__(self, generator: Synthesizer, share: float = 0.5, seed: int = 0) -> None:
        if isinstance(generator, type) or not isinstance(generator, Synthesizer):
            refuse("generator", generator, GENERATOR)
        self.generator = generator
        self.share = checked_share(share)
        self.seed = checked_seed(seed)
        self._draw = Draw(self.seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"generator": SMOTE(k=2)}

    def learn_one(self, x: Features, y: Label) -> None:
        """Let the generator learn a labelled event."""
        self.generator.learn_one(x, y)

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return examples of the generator, and copies of x for the rest."""
        copies = checked_copies(copies)
        n = share_of(copies, self.share, self._draw)
        made = list(self.generator.examples_one(dict(x), y, n, score)) if n else []
        total = fsum(weight for _, weight in made)
        if not abs(total - n) <= 1e-9 * n:
            raise ValueError(f"generator: the weights of its examples sum to {total:g}, of {n} copies")
        return [*made, *((dict(x), 1.0) for _ in range(copies - n))]

    def __getstate__(self) -> dict[str, Any]:
        return {
            "generator": self.generator,
            "share": self.share,
            "seed": self.seed,
            "draw": self._draw.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "generator", "share", "seed", "draw")
        fresh = External(saved["generator"], saved["share"], saved["seed"])
        fresh._draw.__setstate__(saved["draw"])
        vars(self).update(vars(fresh))
