"""Draws from the normal law with the mean and the covariance of a class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from streamimb._kernels.answer import label_of
from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import distinct, entries, listed, refused
from streamimb.parameters import Part, checked_half_life, checked_seed, whole
from streamimb.protocols import Features, Label, Proba
from streamimb.synthesis.copies import checked_copies
from streamimb.synthesis.interpolation import numbers_of
from streamimb.synthesis.moments import Moments


class GaussianReplay(Part):
    r"""Replace copies of an event by draws from the normal law with the mean and covariance of its class.

    Of each class of which copies are asked, a decayed mean and covariance are kept from then on. An example has the
    fields of the event; those that are numbers are drawn together, the others are the event's own. Before an event of
    the class is learned, copies of x itself are.

    The examples have the mass of the copies that they replace, but not their distribution where a class is not normal.
    Put a calibrator on top.

    **Cost**: O(d²) time for d numbers for an event of such a class (80 µs for 20), .2 µs for any other; O(d³) for an
    event that is copied (.2 ms for 20) and O(d²) for each example; 16 d² bytes per class, 64 kB at 64 fields.

    Parameters
    ----------
    fields
        The most fields that are drawn: the first that come as numbers, from 1 to 512. Others are the event's own.
    half_life
        Events of a class after which one counts half, finite and above 0.
    seed
        Seed of the draws, from 0 to 2**64 - 1.

    Raises
    ------
    ValueError
        Where a parameter is out of range.

    Examples
    --------
    >>> import random
    >>> from streamimb import synthesis
    >>> rng, replay = random.Random(1), synthesis.GaussianReplay()
    >>> _ = replay.examples_one({}, True, 1, score=None)  # from now on the class is learned
    >>> for _ in range(5_000):
    ...     replay.learn_one({"a": rng.gauss(3, 2)}, True)
    >>> made = [x["a"] for x, _ in replay.examples_one({"a": 0.0}, True, 5_000, score=None)]
    >>> round(sum(made) / 5_000, 1)
    3.0

    References
    ----------
    Class-wise feature statistics: Zang, Y. et al. (2021). FASA. https://arxiv.org/abs/2102.12867. The replay of whole
    events, with covariance and decay, is ours.
    """

    def __init__(self, fields: int = 64, half_life: float = 2_000, seed: int = 0) -> None:
        self.fields = whole(
            "fields", fields, lambda n: 1 <= n <= 512, "a whole number of fields from 1 to 512"
        )
        self.half_life = checked_half_life(half_life)
        self.seed = checked_seed(seed)
        self._places: dict[Any, int] = {}
        self._moments: dict[Any, Moments] = {}
        self._draw = Draw(self.seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"fields": 4, "half_life": 100}

    def learn_one(self, x: Features, y: Label) -> None:
        """Learn a labelled event of a class of which copies were asked."""
        moments = self._moments.get(y)
        if moments is None:
            return
        numbers = numbers_of(x)
        for name in numbers:
            if name not in self._places and len(self._places) < self.fields and type(name) in (str, int):
                self._places[name] = len(self._places)
        found = {place: numbers[name] for name in numbers if (place := self._places.get(name)) is not None}
        if found:
            moments.learn(list(found), np.array(list(found.values())))

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return `copies` examples of weight 1; the score is not used."""
        copies = checked_copies(copies)
        moments = self._moments.get(y)
        if moments is None:
            moments = self._moments[label_of(y)] = Moments(self.fields, self.half_life)
        names = [name for name in numbers_of(x) if name in self._places]
        known = moments.known([self._places[name] for name in names])
        names = [name for name, there in zip(names, known, strict=True) if there]
        if not names:
            return [(dict(x), 1.0) for _ in range(copies)]
        drawn = moments.drawn([self._places[name] for name in names], copies, self._draw)
        return [({**x, **dict(zip(names, row, strict=True))}, 1.0) for row in drawn.tolist()]

    def __getstate__(self) -> dict[str, Any]:
        return {
            "fields": self.fields,
            "half_life": self.half_life,
            "seed": self.seed,
            "names": list(self._places),
            "classes": [[label, moments.state()] for label, moments in self._moments.items()],
            "draw": self._draw.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "fields", "half_life", "seed", "names", "classes", "draw")
        fresh = GaussianReplay(saved["fields"], saved["half_life"], saved["seed"])
        names = distinct(saved, "names", most=fresh.fields)
        pairs = [listed({"classes": pair}, "classes", 2) for pair in listed(saved, "classes")]
        labels = distinct({"classes": [label for label, _ in pairs]}, "classes")
        for label, (_, tables) in zip(labels, pairs, strict=True):
            fresh._moments[label] = Moments(fresh.fields, fresh.half_life)
            fresh._moments[label].resume(tables)
            if fresh._moments[label].mass[len(names) :].any():
                raise refused("classes", "moments of the named fields only")
        fresh._draw.__setstate__(saved["draw"])
        vars(self).update({**vars(fresh), "_places": {name: place for place, name in enumerate(names)}})
