# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Groups of classes, of which there are at most eight, so that what is kept of each group is bounded.

Each of the first eight classes is a group of its own. A later class joins the group that has had the fewest labels:
late classes are mostly rare; in the group of a common class its values would displace theirs.

A group that has its first 21 labels, or four times as many as when the edges of the basis were last renewed, is due:
the edges are renewed for it, so that a class that comes late does not wait until all labels have grown.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, refused, wholes

MOST = cython.declare(cython.Py_ssize_t, limits.MOST_GROUPS)
LEAST = cython.declare(cython.longlong, limits.LEAST_OF_A_GROUP)
GROWTH = cython.declare(cython.longlong, limits.GROUP_GROWTH)


@cython.cclass
class ClassGroups:
    """Fields are declared in class_groups.pxd. **Cost**: O(1) for a label, O(groups) for a class."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out()

    def __init__(self) -> None:
        self._lay_out()

    @cython.cfunc
    def _lay_out(self) -> cython.void:
        self.group = array("q")
        self.labels = array("q", bytes(8 * MOST))
        self.due = array("q", [LEAST + 1] * MOST)

    @cython.cfunc
    def admit(self, classes: cython.Py_ssize_t) -> cython.void:
        """Gives a group to each class up to the `classes`-th that has none."""
        k: cython.Py_ssize_t
        g: cython.Py_ssize_t
        least: cython.Py_ssize_t
        for k in range(len(self.group), classes):
            least = 0
            for g in range(1, MOST):
                if self.labels[g] < self.labels[least]:
                    least = g
            self.group = array("q", bytes(self.group) + bytes(array("q", [k if k < MOST else least])))

    @cython.cfunc
    @cython.exceptval(check=False)
    def note(self, k: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Counts a label of class k; returns its group."""
        self.labels[self.group[k]] += 1
        return self.group[k]

    @cython.cfunc
    @cython.exceptval(check=False)
    def is_due(self, group: cython.Py_ssize_t) -> cython.bint:
        """Whether the edges should be renewed for this group."""
        return self.labels[group] >= self.due[group]

    @cython.cfunc
    @cython.exceptval(check=False)
    def renewed(self) -> cython.void:
        """Notes that the edges are being renewed."""
        g: cython.Py_ssize_t
        for g in range(MOST):
            self.due[g] = GROWTH * self.labels[g] if self.labels[g] > LEAST else LEAST + 1

    # ------------------------------------------------------------------ state

    def __getstate__(self) -> dict[str, Any]:
        return {"group": bytes(self.group), "labels": bytes(self.labels), "due": bytes(self.due)}

    def resume(self, state: Any, classes: int) -> None:
        """Takes over the saved groups of so many classes, after they were checked."""
        k: cython.Py_ssize_t
        saved = entries(state, "group", "labels", "due")
        group, labels = wholes(saved, "group", classes, 0, MOST - 1), wholes(saved, "labels", MOST)
        due = wholes(saved, "due", MOST, LEAST + 1)
        for k in range(min(classes, MOST)):
            if group[k] != k:
                raise refused("group", "a group of its own for each of the first eight classes")
        self.group, self.labels, self.due = group, labels, due
