"""The window of blocks, read on one thread and updated on another."""

from __future__ import annotations

from collections.abc import Callable

from streamimb.metrics.block_window import BlockWindow


class Count:
    """A metric that counts events; `during` runs once, while blocks are being merged."""

    during: Callable[[], None] | None = None

    def __init__(self) -> None:
        self.n = 0

    def clone(self) -> Count:
        return Count()

    def merge(self, other: Count) -> None:
        self.n += other.n
        during, Count.during = Count.during, None
        if during is not None:
            during()


def test_a_reading_during_an_update_leaves_no_stale_sum() -> None:
    window = BlockWindow(Count(), 160)

    def update() -> None:
        block = window.open()
        block.n += 1
        window.count(block)

    for _ in range(20):  # two full blocks: the next event opens a third
        update()
    Count.during = update
    assert window.merged() is not None
    assert window.merged().n == len(window) == 21
    update()
    assert window.merged().n == len(window) == 22
