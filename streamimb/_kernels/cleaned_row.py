# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Whether the row of an event shows the event after cleaning too: then it need not be read again."""

from __future__ import annotations

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.row import Row
    from streamimb._kernels.sanitizing import Cleaned
else:
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.sanitizing import Cleaned


@cython.cfunc
@cython.exceptval(-1, check=False)
def reuse_row(row: Row, reader: Reader, cleaned: Cleaned) -> cython.bint:
    """Makes the row of an event that of the cleaned event, where only unknown names were left out; returns whether."""
    j: cython.Py_ssize_t
    if cleaned.left_out is None or row.n_converted > 0 or row.n_odd > 0:
        return False
    if row.n + row.n_texts != len(cleaned.x):
        return False
    for j in range(row.n_texts):
        if row.owners[j] < 0:
            return False
    for name in cleaned.left_out:  # of built-in types: comparing them runs no foreign code
        if reader._find(name) >= 0:
            return False
    row.n_unknown = row.n_missing = row.n_large = 0
    row.strange = False
    return True
