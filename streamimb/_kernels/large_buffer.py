"""Buffers of zeros: the large ones on huge pages, where the system has them.

Scattered reads of a table of megabytes wait for the translation of addresses, not only for memory. With pages of 2 MiB
instead of 4 KiB the processor holds the translations of the whole table. But the system clears a huge page, and may
have to move others first, while the event waits that touches it: one event with ten strings took up to 80 ms. So a
buffer begins on small pages, and the system joins them later, beside the program.
"""

from __future__ import annotations

import contextlib
import mmap
from array import array
from typing import Any, Literal

HUGE_PAGES = "MADV_HUGEPAGE" in dir(mmap)  # whether the system has them: Linux does
HUGE_PAGE = 1 << 21  # bytes
LAZY = 1 << 16  # bytes, from which a buffer is not written when it is made
ITEM = 8  # bytes of a double, and of a 64-bit integer


def zeros(kind: Literal["d", "q", "Q"], size: int) -> Any:
    """Return a buffer of `size` zeros: doubles for the type code "d", 64-bit integers for "q" and "Q"."""
    if ITEM * size < HUGE_PAGE or not HUGE_PAGES:
        return array(kind, bytes(ITEM * size))
    # Private, so that a forked child does not write into the buffer of its parent.
    pages = mmap.mmap(-1, ITEM * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # a kernel without huge pages: the buffer works on small ones
        pages.madvise(mmap.MADV_NOHUGEPAGE)
        for start in range(0, len(pages), HUGE_PAGE):
            pages[start] = (
                0  # a small page here keeps the system from making a huge one when the next is touched
            )
        pages.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(pages).cast(kind)


def lazy(kind: Literal["f", "d", "i", "B"], size: int) -> Any:
    """Return a buffer of `size` zeros; the system provides the pages of a large one when they are first written."""
    width = array(kind).itemsize
    if width * size < LAZY:
        return array(kind, bytes(width * size))
    return memoryview(mmap.mmap(-1, width * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)).cast(kind)
