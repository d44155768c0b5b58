# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The port of a route: the abstract class of what turns a sampled learner's probabilities into unsampled ones."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.ports import Port
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.ports import Port
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.ports import ABSTRACT


@cython.cclass
class Route(Port):
    """Turns the probabilities of a sampled learner into those of the unsampled stream."""

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        """Whether `read` gives a row of x itself, with the `reader` that read it."""
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        """Whether a call has an event of the classifier in hand."""
        return False

    @cython.cfunc
    def read(self, x: Any) -> Row:
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def pilot(self, row: Row) -> cython.int:
        """Sets p of the row (`pilot` where there are other classes), at which rates are computed."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def correct(self, row: Row) -> cython.int:
        """Sets `corrected` of the row (and `mapping`); called after the rates are set where `needs_rates`."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def uncorrect(self, row: Row) -> cython.int:
        """Sets `raw` of the row (and `raws`): P of a sampled learner without correction. The rates are set."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        """Raises ValueError for a label or keywords that cannot be learned; changes nothing."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def admit(self, row: Row, y: Any) -> cython.int:
        """Refuses a label that the learner does not accept; adds a new label to the classes of a scored row."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double, copies: cython.double) -> cython.int:
        """Trains the learner on an event of weight w, `copies` times."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def add(self, row: Row, x: Any, y: Any, w: cython.double) -> cython.int:
        """Trains the learner on a synthesised example x of weight w; the event of the row was learned before."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check_example(self, x: Any) -> cython.int:
        """Raises for an example that the learner cannot read; changes nothing."""
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        """Whether an event of weight w teaches anything; raises where the learner would drop the weight."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return ()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        return self.memo_size

    def anchors_one(self, x: Any) -> Any:
        """Return the offset of each class at x; None where the anchor is not one for each class."""
        return None

    def labels_learned(self) -> list[Any]:
        """Return the labels that were learned, where a route keeps them."""
        return []

    def resume(self, labels: list[Any]) -> None:
        """Continue with labels that were learned."""


if not cython.compiled:  # compiled fields start as 0; interpreted ones need a value
    Route.memo_size, Route.needs_rates = 0, False
