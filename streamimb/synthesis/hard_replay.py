"""Replay of the hardest events of a class."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from streamimb._kernels import saved as states
from streamimb._kernels.answer import label_of
from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries, listed, refused, row
from streamimb.parameters import Part, checked_seed, whole
from streamimb.protocols import Features, Label, Proba
from streamimb.stats.event_data import decoded, encoded, left_out, sound
from streamimb.synthesis.copies import checked_copies, checked_share, share_of

MOST_LOSS = 40.0  # of a probability below 4e-18


class HardReplay(Part):
    r"""Replace a share of the copies of an event by the hardest events of its class.

    Of each class the `size` events with the largest loss $-\log p_y$ are kept, with p the corrected probability. An
    event is judged when copies of it are made, and takes the place of the easiest one kept where it is harder. A replay
    is drawn uniformly among those kept, and its loss is computed anew, so an event that the learner has learned gives
    way. An event comes only as often as the sampler has copies of its class: give the sampler rates above 1 for
    both classes to replay both.

    The mass that is replayed is that of copies, which the sampler's rates count, so the shift is right in the mean over
    a class. At each x it is not: a hard event gets more than its rate, an easy one less. Put a calibrator on top.

    A small buffer costs accuracy where classes overlap, because the same few outliers are learned again and again: on
    60,000 events at 1 %, a normalised entropy .0035 (standard error .0005) above that with copies for a size of 100,
    .0007 (.0001) below it for 1,000.

    **Cost**: .2 µs for an event without copies; else one prediction for the event and for each different one that
    is replayed, 2 µs for each example, and O(size) to find the easiest one (.1 ms for 1,000); at most `size` events of
    `event_bytes` per class.

    Parameters
    ----------
    share
        The part of further copies that are replays, in (0, 1]; the others are copies of the event itself.
    size
        Number of events kept of each class, from 1 to 10,000.
    event_bytes
        The most bytes of one event, from 1 to 2**24, as in `stats.UniformReservoir`; a longer one is not kept.
    seed
        Seed of the draws, from 0 to 2**64 - 1.

    Raises
    ------
    ValueError
        Where a parameter is out of range.

    Examples
    --------
    >>> from streamimb import synthesis
    >>> replay = synthesis.HardReplay(share=1.0, size=1)
    >>> for a in (0.9, 0.1, 0.5):
    ...     _ = replay.examples_one({"a": a}, True, 1, score=lambda x: {True: x["a"]})
    >>> replay.examples_one({"a": 0.6}, True, 1, score=lambda x: {True: x["a"]})
    [({'a': 0.1}, 1.0)]

    References
    ----------
    River's `imblearn.HardSamplingClassifier` has one buffer for all classes, which at 1 % holds the rare one only;
    buffers per class and the mass within the rate are ours.
    """

    def __init__(
        self, share: float = 0.2, size: int = 1_000, event_bytes: int = 4_096, seed: int = 0
    ) -> None:
        self.share = checked_share(share)
        self.size = whole(
            "size", size, lambda n: 1 <= n <= 10_000, "a whole number of events from 1 to 10,000"
        )
        self.event_bytes = whole(
            "event_bytes", event_bytes, lambda n: 1 <= n <= 2**24, "a whole number of bytes from 1 to 2**24"
        )
        self.seed = checked_seed(seed)
        self._draw = Draw(self.seed)
        self._hardest: dict[Label, list[tuple[float, bytes]]] = {}

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"share": 0.5, "size": 5, "event_bytes": 200}

    def learn_one(self, x: Features, y: Label) -> None:
        """Do nothing: an event is judged when copies of it are made."""

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return `copies` examples of weight 1: replays, and copies of x; then keep x if it is hard."""
        copies = checked_copies(copies)
        kept, made = self._hardest.setdefault(label_of(y), []), []
        n = share_of(copies, self.share, self._draw) if kept else 0
        drawn = Counter(int(self._draw.uniform() * len(kept)) for _ in range(n))
        for place, times in drawn.items():
            data = kept[place][1]
            event = {**left_out(x), **decoded(data)}
            kept[place] = (loss_of(score(event).get(y, 0.0)), data)
            made += [(dict(event), 1.0) for _ in range(times)]
        made += [(dict(x), 1.0) for _ in range(copies - n)]
        self._keep(x, loss_of(score(x).get(y, 0.0)), kept)
        return made

    def _keep(self, x: Features, loss: float, kept: list[tuple[float, bytes]]) -> None:
        """Keep an event where there is a place, or in place of the easiest one if it is harder."""
        easiest = min(range(len(kept)), key=lambda place: kept[place][0], default=0)
        full = len(kept) == self.size
        if full and loss <= kept[easiest][0]:
            return
        data = encoded(x, self.event_bytes)
        if data and full:
            kept[easiest] = (loss, data)
        elif data:
            kept.append((loss, data))

    def kept(self, y: Label) -> list[tuple[float, Features]]:
        """Return the kept events of a class with their losses, hardest first."""
        found = [(loss, decoded(data)) for loss, data in self._hardest.get(y, [])]
        return sorted(found, key=lambda pair: -pair[0])

    @property
    def memory_budget_bytes(self) -> int:
        """The most that the events of two classes take."""
        return 2 * self.size * (self.event_bytes + 64)

    def __getstate__(self) -> dict[str, Any]:
        pairs = [pair for kept in self._hardest.values() for pair in kept]
        return {
            **self._get_params(),
            "labels": list(self._hardest),
            "counts": [len(kept) for kept in self._hardest.values()],
            "losses": [loss for loss, _ in pairs],
            "kept": [data for _, data in pairs],
            "draw": self._draw.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state, "share", "size", "event_bytes", "seed", "labels", "counts", "losses", "kept", "draw"
        )
        fresh = HardReplay(saved["share"], saved["size"], saved["event_bytes"], saved["seed"])
        labels, kept = states.labels(saved, "labels"), listed(saved, "kept")
        counts = [
            states.whole({"counts": n}, "counts", 0, fresh.size) for n in listed(saved, "counts", len(labels))
        ]
        losses = row(saved, "losses", len(kept), 0.0, MOST_LOSS)
        if sum(counts) != len(kept):
            raise refused("counts", "the number of events of each class")
        if not all(data and sound(data, fresh.event_bytes) for data in kept):
            raise refused("kept", "events of plain data, each within event_bytes")
        pairs = iter(zip(losses, kept, strict=True))
        fresh._hardest = {y: list(islice(pairs, n)) for y, n in zip(labels, counts, strict=True)}
        fresh._draw.__setstate__(saved["draw"])
        vars(self).update(vars(fresh))


def loss_of(p: float) -> float:
    """The loss of an event whose class has probability p; 0 where p is not known."""
    return min(MOST_LOSS, -math.log(p)) if 0.0 < p <= 1.0 else MOST_LOSS if p <= 0.0 else 0.0
