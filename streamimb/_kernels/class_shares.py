# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The shares of K classes in a changing stream: one prior bank for True, one for each other label against the rest."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.prior_bank import PriorBank
else:
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank

from streamimb._kernels.answer import TWO

SHARE_FLOOR = cython.declare(cython.double, limits.SHARE_FLOOR)
NO_LABEL = "y: None and NaN are no labels; reject the event before it is learned"


@cython.cclass
class ClassShares(PriorBank):
    """The share of class k is m_k / sum(m); m_k: a bank of class k against the rest. Fields: class_shares.pxd."""

    def __cinit__(self) -> None:
        self.banks_of = {}

    def __init__(
        self,
        half_life: float = 80_000,
        floor_half_life: float = 300,
        cut: float = 9.0,
        prior: float = 0.05,
        prior_weight: float = 1.0,
    ) -> None:
        PriorBank.__init__(self, half_life, floor_half_life, cut, prior, prior_weight)
        self.banks_of = {}

    def get(self) -> dict[Any, float]:
        """Return the prior of each class; they sum to 1.

        False and True from the start; with other labels, every class seen so far.
        """
        bank: PriorBank
        if not self.banks_of:
            return {False: 1.0 - self.m, True: self.m}
        total: cython.double = self._rates()
        shares: dict[Any, float] = {}
        for label, bank in self.banks_of.items():
            shares[label] = bank.m / total
        return shares

    def over(self, labels: Any) -> dict[Any, float]:
        """Return the prior of each of these labels; they sum to 1.

        A label that has not been counted gets 10^-9 before normalising. Before any label, all shares are equal.
        """
        return self.shares(dict.fromkeys(labels))

    @cython.cfunc
    def shares(self, labels: dict[Any, Any]) -> dict[Any, float]:
        share: cython.double
        total: cython.double = 0.0
        shares: dict[Any, float] = {}
        if not self.banks_of and TWO.issuperset(labels):
            for label in labels:
                shares[label] = self.m if label else 1.0 - self.m
            return shares
        rates: cython.double = self._rates()
        for label in labels:
            share = self._share_of(label, rates)
            shares[label] = share
            total += share
        for label, share in shares.items():
            shares[label] = share / total
        return shares

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def _share_of(self, label: Any, rates: cython.double) -> cython.double:
        """The share of a label among all labels, at least `SHARE_FLOOR`; `rates`: the sum of those of all classes."""
        bank: PriorBank
        if self.banks_of:
            found = self.banks_of.get(label)
            if found is not None:
                bank = found
                return max(bank.m / rates, SHARE_FLOOR)
        elif self.seen > 0.0 and label in TWO:
            return max(self.m if label else 1.0 - self.m, SHARE_FLOOR)
        return SHARE_FLOOR

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rates(self) -> cython.double:
        """The sum of the rates of all classes against the rest."""
        bank: PriorBank
        total: cython.double = 0.0
        for bank in self.banks_of.values():
            total += bank.m
        return total

    def knows(self, y: Any) -> bool:
        """Return whether a label of class y has been counted."""
        if self.banks_of:
            return y in self.banks_of
        return y in TWO and self.knows_bool(bool(y))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note_label(self, y: Any, w: cython.double) -> cython.int:
        """Count a label other than the objects True and False; once a third class is known, count any label."""
        bank: PriorBank
        if y is None or y != y:  # NaN alone differs from itself
            raise ValueError(NO_LABEL)
        # numpy's bools, 0 and 1 are the classes True and False, also as keys of a dict.
        label = bool(y) if y in TWO else y
        if not self.banks_of and isinstance(label, bool):
            self.track(1.0 if label else 0.0, w)
            return 0
        if not self.banks_of:
            self._open_classes()
        own = self.banks_of.get(label)
        if own is None:
            own = self.banks_of[plain(label)] = self.zeros()
        for bank in self.banks_of.values():
            bank.only_true = False
            bank.add(1.0 if bank is own else 0.0, w)
        self.only_true = False
        self.add(1.0 if label is True else 0.0, w)
        return 0

    @cython.cfunc
    def _open_classes(self) -> cython.void:
        """Switch to one bank per label: True and False get one each where they have been counted."""
        if self.knows_bool(False):
            self.banks_of[False] = self.mirror()
        if self.knows_bool(True):
            self.banks_of[True] = self.same()
        self.open_lane()

    @property
    def classes(self) -> dict[Any, PriorBank]:
        """The bank of each label; empty while there are only True and False."""
        return dict(self.banks_of)

    def _resume_classes(self, classes: Any) -> None:
        """Take over saved banks, after they were checked."""
        given = dict(classes)
        if not all(isinstance(bank, PriorBank) for bank in given.values()):
            raise TypeError("classes: expected the bank of each label")
        self.banks_of = given


def plain(label: Any) -> Any:
    """A numpy label as a built-in value, which a snapshot can hold."""
    if isinstance(label, str):
        return str(label)
    return int(label) if isinstance(label, Integral) and not isinstance(label, bool) else label
