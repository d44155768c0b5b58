# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What is served of classes by name: the probability of each at three stages, and the balanced decision."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.answer import probability
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.answer import probability
    from cython.cimports.streamimb._kernels.row import Row

from streamimb.protocols import ByClass

SHARE_FLOOR = cython.declare(cython.double, limits.SHARE_FLOOR)


@cython.cfunc
def by_class(row: Row, classes: tuple[Any, ...], shares: Any) -> Any:
    """The probabilities of these classes in a row that was scored and rated.

    A class that the classifier does not name has probability 0. Where it names none of them, because it has learned
    none, all are equal. The decision maximises calibrated P / prior, the first class among equals. The prior is that of
    the classifier; `shares` returns another one for a classifier without.

    Raises
    ------
    ValueError
        There are no classes.
    """
    raw: cython.double
    corrected: cython.double
    calibrated: cython.double
    ratio: cython.double
    most: cython.double = -1.0
    if len(classes) == 0:
        raise ValueError("classes: expected the names of one class or more")
    answer = row.answer
    p = {}
    if answer is None or answer.keys().isdisjoint(classes):
        raw = 1.0 / len(classes)
        return ByClass(classes[0], dict.fromkeys(classes, (raw, raw, raw)))
    mapping = row.mapping
    raws = mapping if row.raws is None else row.raws
    prior = shares() if row.prior is None else row.prior
    decision = classes[0]
    for label in classes:
        raw, corrected = probability(raws.get(label, 0.0)), probability(mapping.get(label, 0.0))
        calibrated = probability(answer.get(label, 0.0))
        p[label] = (raw, corrected, calibrated)
        ratio = calibrated / max(SHARE_FLOOR, prior.get(label, 0.0))
        if ratio > most:
            most, decision = ratio, label
    return ByClass(decision, p)
