# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The compiled path of the guard: a schema check before another lane.

Knows kinds and bounds only through the gate, and nothing of the classifier inside.
"""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # first, for type checkers know no cimports
    from streamimb._kernels.gate import Gate
    from streamimb._kernels.lane import Lane
    from streamimb._kernels.logistic import Logistic
else:
    from cython.cimports.streamimb._kernels.gate import Gate
    from cython.cimports.streamimb._kernels.lane import Lane
    from cython.cimports.streamimb._kernels.logistic import Logistic


@cython.cclass
class GuardedLane(Lane):
    """A gate before another lane; the wrapper handles an event that does not pass (the methods ending in `_apart`)."""

    def connect(self, inner: Any, gate: Any) -> None:
        """Sends events that pass the gate directly to the inner lane."""
        self.inner, self.gate = inner, gate
        self.direct = not self.many

    def passes(self, x: Any) -> bool:
        """Whether x passes, and if so counts it as admitted; any other event needs `admit_one`."""
        if not self.admits(x):
            return False
        self.note(x)
        return True

    def turn_over(self) -> None:
        """Called when as many events were counted as the gate watches for; the wrapper overrides it."""
        raise TypeError("a lane is one half of a wrapper")

    @cython.cfunc
    @cython.inline
    @cython.exceptval(-1, check=False)
    def note(self, x: Any) -> cython.int:
        """Counts an event that was admitted."""
        if self.gate.count(x):
            self.turn_over()
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def admits(self, x: Any) -> cython.bint:
        """Whether x passes; checks the values that the learner has read, where it has, so that x is read once."""
        reader: Logistic
        if not self.direct:
            return False
        reader = self.inner.reader()
        if reader is not None and type(x) is dict and reader.reads(x) and self.gate.within(reader):
            return True
        return self.gate.look(x)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def say(self, x: Any) -> cython.double:
        if self.admits(x):
            return self.inner.say(x)
        return self.say_apart(x)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def learn(self, x: Any, y: cython.bint) -> cython.double:
        if self.admits(x):
            self.note(x)
            return self.inner.learn(x, y)
        return self.learn_apart(x, bool(y), 1.0, {})

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def weigh(self, x: Any) -> cython.int:
        self.passed = self.admits(x)
        if not self.passed:
            return Lane.weigh(self, x)
        self.inner.weigh(x)
        self.raw, self.corrected = self.inner.raw, self.inner.corrected
        self.calibrated = self.inner.calibrated
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def settle(self, x: Any, y: cython.bint) -> cython.double:
        if not self.passed:
            return self.learn_apart(x, bool(y), 1.0, {})
        self.note(x)
        return self.inner.settle(x, y)
