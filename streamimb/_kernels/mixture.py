# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What every mixture of experts has: their shares, how a label moves them, and what it wants back with the label."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels.ports import ABSTRACT

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.linear_work import LinearWork
else:
    from cython.cimports.streamimb._kernels.linear_work import LinearWork


@cython.cclass
class Mixture:
    """Fields are declared in mixture.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.share = array("d")

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def judge(
        self, work: LinearWork, offset: cython.double, memo: Any, y: cython.bint, w: cython.double
    ) -> cython.int:
        """Moves the shares by a label of weight w; without a memo the answers of now count."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    def remember(self, work: LinearWork) -> tuple[Any, ...]:
        """What `judge` wants back with the label: `memo_size` floats in [0, 1]."""
        return ()


if not cython.compiled:  # compiled fields start as 0; interpreted ones need a value
    Mixture.memo_size = 0
