"""The last events of a stream as a few metrics, each of a block of neighbouring events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from streamimb._kernels.saved import entries, listed, refused, whole

BLOCKS = 16  # of a full window; the oldest goes as a whole
MOST_BLOCKS = 2 * BLOCKS + 1  # after merges, whose blocks need not be full
KEPT = MOST_BLOCKS + 3  # metrics in all: blocks, one not yet counted, and two that are kept for reading


class BlockWindow:
    """Metrics of blocks of at most events/16 events, rounded up; together they are of at most `events` events.

    No event is kept: the oldest block is dropped as soon as all blocks have more events. So the window covers the last
    `events - size + 1` to `events` events, `size` being that of a block, or all while there were fewer.

    **Cost**: O(1) amortised per event. A reading merges two metrics, and after a new block all of them.

    Parameters
    ----------
    metric
        A metric before its first event, without decay; each block is a clone.
    events
        Events that the window covers at most.
    """

    def __init__(self, metric: Any, events: int) -> None:
        self.metric = metric
        self.events = events
        self.size = -(-events // BLOCKS)
        self._blocks: tuple[Any, ...] = ()  # the oldest first
        self._counts: list[int] = []  # events of each
        self._n = 0  # their sum
        self._changes = 0
        # What is kept for reading, with what it was computed from: another thread may change the window meanwhile.
        self._older: tuple[Any, Any] = (None, None)  # the blocks, and all but the newest of them, merged
        self._merged: tuple[int, Any] = (-1, None)  # the number of changes, and all blocks, merged

    def __len__(self) -> int:
        return self._n

    def open(self) -> Any:
        """Return the metric that the next event updates; `count` it afterwards."""
        if self._counts and self._counts[-1] < self.size:
            return self._blocks[-1]
        return self.metric.clone()

    def count(self, block: Any) -> None:
        """Count an event of the metric that `open` returned."""
        if not self._blocks or block is not self._blocks[-1]:
            self._blocks = (*self._blocks, block)
            self._counts.append(0)
        self._counts[-1] += 1
        self._n += 1
        self._drop()
        self._changes += 1

    def _drop(self) -> None:
        while self._n > self.events:
            self._n -= self._counts.pop(0)
            self._blocks = self._blocks[1:]

    def merged(self) -> Any:
        """Return the metric of the window: to read, not to update."""
        changes, (known, merged) = self._changes, self._merged
        if known != changes:
            blocks, (summed, older) = self._blocks, self._older
            if summed is not blocks:
                older = self._sum(blocks[:-1])
                self._older = blocks, older
            merged = self._sum((older, *blocks[-1:]))
            self._merged = changes, merged
        return merged

    def _sum(self, blocks: Iterable[Any]) -> Any:
        total = self.metric.clone()
        for block in blocks:
            total.merge(block)
        return total

    def append(self, other: BlockWindow) -> None:
        """Take in another window, whose events came after these; small neighbouring blocks become one."""
        later = [block.clone(include_attributes=True) for block in other._blocks]
        for block, n in zip(later, list(other._counts), strict=True):
            if self._counts and self._counts[-1] + n <= self.size:
                self._blocks[-1].merge(block)
                self._counts[-1] += n
            else:
                self._blocks = (*self._blocks, block)
                self._counts.append(n)
            self._n += n
        self._drop()
        self._changes += 1

    def __getstate__(self) -> dict[str, Any]:
        return {"blocks": list(self._blocks), "counts": list(self._counts)}

    def restore(self, state: Any) -> None:
        """Go on with a saved state, of a window of these events over a metric with these parameters."""
        saved = entries(state, "blocks", "counts")
        counts = [
            whole({"counts": n}, "counts", 1, self.size) for n in listed(saved, "counts", most=MOST_BLOCKS)
        ]
        if sum(counts) > self.events:
            raise refused("counts", "at most as many events as the window covers")
        blocks = listed(saved, "blocks", len(counts))
        own = self.metric
        if any(type(one) is not type(own) or one._get_params() != own._get_params() for one in blocks):
            raise refused("blocks", "metrics with the parameters of the one given, without decay")
        self._blocks, self._counts, self._n = tuple(blocks), counts, sum(counts)
        self._changes += 1
