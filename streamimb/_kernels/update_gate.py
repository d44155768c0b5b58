# cython: language_level=3, boundscheck=False, wraparound=False
"""Keeps what one thread updates apart from what other threads read of it, for a few nanoseconds an update."""

from __future__ import annotations

from threading import Event, RLock
from typing import Any, Self

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from threading import get_ident
else:
    from cython.cimports.cpython.pythread import PyThread_get_thread_ident as get_ident

PAUSE_S = 5e-5  # of a reader that waits


@cython.cclass
class UpdateGate:
    """One thread calls `begin` and `end` around each update; other threads read in a `with` block.

    A reader waits while an update is under way, and the next update waits for the reader. Updates may be nested, and so
    may reads; inside the other on its own thread neither waits. Each side first says that it is there and then looks
    for the other, so the two never miss each other. A lock around each update would take ten times as long.

    Fields are declared in update_gate.pxd: how many updates and reads are under way, nested ones included, and on which
    thread; readers hold the lock.
    """

    def __init__(self) -> None:
        self.updates = self.reads = 0
        self.updater = self.reader = 0
        self.lock, self.never = RLock(), Event()

    @cython.ccall
    @cython.exceptval(-1, check=False)
    def begin(self) -> cython.int:
        """Before an update."""
        self.updates += 1
        if self.updates == 1:
            self.updater = get_ident()
            while self.reads > 0 and self.reader != self.updater:
                self.updates = 0
                with self.lock:
                    self.updates = 1
        return 0

    @cython.ccall
    @cython.exceptval(-1, check=False)
    def end(self) -> cython.int:
        """After the update, also where it raised."""
        self.updates -= 1
        return 0

    def __enter__(self) -> Self:
        me: cython.ulong = get_ident()
        if self.updates > 0 and self.updater == me:
            return self
        self.lock.acquire()
        self.reader = me
        self.reads += 1
        while self.updates > 0 and self.updater != me:
            self.never.wait(PAUSE_S)
        return self

    def __exit__(self, *error: object) -> None:
        if self.updates > 0 and self.updater == get_ident():
            return
        self.reads -= 1
        self.lock.release()
