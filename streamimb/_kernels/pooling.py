# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Isotonic regression by pooling adjacent violators, and both of it that Venn-Abers needs, over sorted scores."""

from __future__ import annotations

from array import array
from typing import Any

import cython


def merged(scores: Any, hits: Any, masses: Any) -> tuple[Any, Any, Any]:
    """Return arrays of the distinct scores, and of each the mass of True and the mass; scores are sorted.

    **Cost**: O(n).

    Raises
    ------
    ValueError
        The arrays differ in length.

    Examples
    --------
    >>> from array import array
    >>> [list(part) for part in merged(array("d", [0.1, 0.1]), array("d", [0, 1]), array("d", [1, 1]))]
    [[0.1], [1.0], [2.0]]
    """
    n: cython.Py_ssize_t = _length(scores, hits, masses)
    p, s, m = array("d", bytes(8 * n)), array("d", bytes(8 * n)), array("d", bytes(8 * n))
    if n == 0:
        return p, s, m
    given: cython.double[::1] = scores
    given_s: cython.double[::1] = hits
    given_m: cython.double[::1] = masses
    to: cython.double[::1] = p
    to_s: cython.double[::1] = s
    to_m: cython.double[::1] = m
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t = -1
    for i in range(n):
        if k < 0 or given[i] != to[k]:
            k += 1
            to[k], to_s[k], to_m[k] = given[i], given_s[i], given_m[i]
        else:
            to_s[k] += given_s[i]
            to_m[k] += given_m[i]
    return p[: k + 1], s[: k + 1], m[: k + 1]


def isotonic(scores: Any, hits: Any, masses: Any) -> tuple[Any, Any]:
    """Return the corners of the increasing map nearest to the shares of True: scores and answers, two for each block.

    Scores are distinct and sorted, masses above 0.

    **Cost**: O(n).

    Raises
    ------
    ValueError
        The arrays differ in length.

    Examples
    --------
    >>> from array import array
    >>> [list(part) for part in isotonic(array("d", [0.1, 0.2]), array("d", [1, 0]), array("d", [1, 1]))]
    [[0.1, 0.2], [0.5, 0.5]]
    """
    n: cython.Py_ssize_t = _length(scores, hits, masses)
    corners, answers = array("d", bytes(16 * n)), array("d", bytes(16 * n))
    if n == 0:
        return corners, answers
    p: cython.double[::1] = scores
    s: cython.double[::1] = array("d", hits)
    m: cython.double[::1] = array("d", masses)
    corner: cython.double[::1] = corners
    answer: cython.double[::1] = answers
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t = -1
    for i in range(n):
        k += 1
        s[k], m[k] = s[i], m[i]
        corner[2 * k] = corner[2 * k + 1] = p[i]
        while k > 0 and s[k - 1] * m[k] >= s[k] * m[k - 1]:
            s[k - 1] += s[k]
            m[k - 1] += m[k]
            corner[2 * k - 1] = corner[2 * k + 1]
            k -= 1
    for i in range(k + 1):
        answer[2 * i] = answer[2 * i + 1] = min(1.0, max(0.0, s[i] / m[i]))
    return corners[: 2 * k + 2], answers[: 2 * k + 2]


def with_true(hits: Any, masses: Any) -> Any:
    """Return the isotonic answer at each distinct score if one event there were added with the label True.

    By the greatest convex minorant of the sums: one added event moves the sums before it by (-1, -1).

    **Cost**: O(n).

    Raises
    ------
    ValueError
        The arrays differ in length.

    Examples
    --------
    >>> from array import array
    >>> list(with_true(array("d", [0, 1]), array("d", [1, 1])))
    [0.5, 1.0]
    """
    n: cython.Py_ssize_t = _length(hits, hits, masses)
    found = array("d", bytes(8 * n))
    if n == 0:
        return found
    s: cython.double[::1] = hits
    m: cython.double[::1] = masses
    answer: cython.double[::1] = found
    x: cython.double[::1] = array("d", bytes(8 * (n + 2)))  # corners of the minorant, the leftmost on top
    y: cython.double[::1] = array("d", bytes(8 * (n + 2)))
    at: cython.double = 0.0
    height: cython.double = 0.0
    i: cython.Py_ssize_t
    top: cython.Py_ssize_t = -1
    for i in range(n):
        at += m[i]
        height += s[i]
    for i in range(n - 1, -1, -1):  # corners of the sums P_1 .. P_n, from the right
        while top > 0 and not _turns(at, height, x[top], y[top], x[top - 1], y[top - 1]):
            top -= 1
        top += 1
        x[top], y[top] = at, height
        at -= m[i]
        height -= s[i]
    at, height = -1.0, -1.0
    while top > 0 and not _turns(at, height, x[top], y[top], x[top - 1], y[top - 1]):
        top -= 1
    top += 1
    x[top], y[top] = at, height
    for i in range(n):
        answer[i] = min(1.0, max(0.0, (y[top - 1] - y[top]) / (x[top - 1] - x[top])))
        at += m[i]
        height += s[i]
        if (height - y[top]) * (x[top - 1] - x[top]) < (y[top - 1] - y[top]) * (at - x[top]):
            top -= 1
            # A corner to the left of the new one is passed.
            while top > 0 and (
                x[top] <= at or not _turns(at, height, x[top], y[top], x[top - 1], y[top - 1])
            ):
                top -= 1
            top += 1
            x[top], y[top] = at, height
    return found


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _turns(
    x0: cython.double,
    y0: cython.double,
    x1: cython.double,
    y1: cython.double,
    x2: cython.double,
    y2: cython.double,
) -> cython.bint:
    """Whether the way over three points, from left to right, turns up at the middle one."""
    return (y1 - y0) * (x2 - x1) < (y2 - y1) * (x1 - x0)


def _length(scores: Any, hits: Any, masses: Any) -> int:
    n = len(scores)
    if len(hits) != n or len(masses) != n:
        raise ValueError("scores, hits, masses: expected arrays of one length")
    return n
