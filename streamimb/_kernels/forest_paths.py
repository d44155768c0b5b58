# cython: language_level=3
"""What the columns of a forest add to the log-odds of one event, and what they have gained over all events."""

from __future__ import annotations

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.forest import Forest
    from streamimb._kernels.tree_work import TreeWork
else:
    from cython.cimports.streamimb._kernels.forest import Forest
    from cython.cimports.streamimb._kernels.tree_work import TreeWork


def path_contributions(
    forest: Forest, work: TreeWork, weights: list[float], columns: cython.Py_ssize_t
) -> tuple[float, list[float]]:
    """What all events have in common, and what each column adds, where the rates have these weights.

    The value of a node is the mean of its leaves, weighted by their hessians. A split adds the difference between the
    node that the event goes to and the node that it comes from, so that the sum is the value of the leaf. The work
    has the values of the columns.

    **Cost**: O(nodes of the forest).
    """
    t: cython.Py_ssize_t
    i: cython.Py_ssize_t
    e: cython.Py_ssize_t
    k: cython.Py_ssize_t
    common = 0.0
    added = [0.0] * columns
    whole = 0.0
    for weight in weights:
        whole += weight
    for t in range(forest.active):
        first: cython.Py_ssize_t = t * forest.nodes
        value = [0.0] * forest.nodes
        cover = [0.0] * forest.nodes
        for i in range(forest.nodes - 1, -1, -1):
            if forest.number[first + i] < 0:
                k = forest.child[first + i]
                cover[i] = cover[k] + cover[k + 1]
                part = cover[k] / cover[i] if cover[i] > 0.0 else 0.5
                value[i] = part * value[k] + (1.0 - part) * value[k + 1]
            else:
                k = (t * forest.leaves + forest.number[first + i]) * forest.stride
                value[i] = whole * forest.leaf[k]
                for e in range(forest.rates):
                    value[i] += weights[e] * forest.leaf[k + 2 + e]
                cover[i] = forest.leaf[k + 1]
        common += value[0]
        i = 0
        while forest.number[first + i] < 0:
            k = forest.child[first + i] + (
                1 if work.z[forest.column[first + i]] > forest.threshold[first + i] else 0
            )
            added[forest.column[first + i]] += value[k] - value[i]
            i = k
    return common, added


def column_gains(forest: Forest, columns: int) -> list[float]:
    """The gain of all splits on each column, over the trees that are in use."""
    i: cython.Py_ssize_t
    gains = [0.0] * columns
    for i in range(forest.active * forest.nodes):
        if forest.number[i] < 0:
            gains[forest.column[i]] += forest.gain[i]
    return gains
