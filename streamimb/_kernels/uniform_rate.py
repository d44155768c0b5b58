# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""One rate for all events of a class: the arithmetic of UnderSampler."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.class_targets import least_rate, seen, targets
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.class_targets import least_rate, seen, targets
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

# By name: Cython reads the literal True as index 1, without a bounds check where the prior is a list.
TRUE: Any = True


@cython.cclass
class UniformRate(Rates):
    """r(0) = min(1, odds m / (1 - m)), or a fixed rate; after n labels at least kept_n / n. Fields: .pxd."""

    def __cinit__(self) -> None:
        self.met = {}

    def __init__(self) -> None:
        self.by_event, self.draws_copies = False, True
        self.odds = self.fixed = self.kept_n = self.labels_n = 0.0
        self.met_false = False
        self.met = {}

    def _set_aim(self, odds: float, fixed: float) -> None:
        """Set the targets; the caller has validated them."""
        self.odds, self.fixed = float(odds), float(fixed)

    def _keep_first(self, events: float, labels_n: float) -> None:
        """Keep the first events whole, of which so many labels were seen; the caller has validated both."""
        self.kept_n, self.labels_n = float(events), float(labels_n)
        self.by_event = self.kept_n > 0.0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        if row.pilot is None:
            row.r0, row.r1 = self._rate(prior.m), 1.0
        else:
            row.rates = self._rates_of(row.prior)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        if self.kept_n > 0.0:
            self.labels_n += 1.0
        if y is False:
            self.met_false = True
        if row.pilot is not None:
            self.met.setdefault(y)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rate(self, m: cython.double) -> cython.double:
        if not self.met_false:  # the first negative is always learned
            return 1.0
        rate: cython.double = self.fixed if self.fixed > 0.0 else min(1.0, self.odds * m / (1.0 - m))
        return max(rate, least_rate(self.kept_n, self.labels_n))

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the rate of each class of p; neither x nor the values of p matter."""
        return self._rates_of({k: prior[k] for k in p})

    @cython.cfunc
    def _rates_of(self, prior: dict[Any, float]) -> dict[Any, float]:
        """The rate of each class of the prior."""
        if len(prior) != 2 or True not in prior or False not in prior:
            return self._rates_many(prior)
        return {False: self._rate(prior[TRUE]), True: 1.0}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Note the label of an event, drawn or not; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            if self.kept_n > 0.0:
                self.labels_n += 1.0
            if y in (0, 1) and not y:
                self.met_false = True
            self.met.setdefault(y)

    @cython.cfunc
    def _rates_many(self, prior: dict[Any, float]) -> dict[Any, float]:
        """The rate of each class where they are not True and False."""
        known: dict[Any, float] = seen(prior, self.met)
        rates: dict[Any, float] = dict.fromkeys(prior, 1.0)
        rate: cython.double
        least: cython.double = least_rate(self.kept_n, self.labels_n)
        if len(known) > 1:
            for label, rate in targets(known, self.odds, self.fixed).items():
                rates[label] = max(rate, least)
        return rates

    @property
    def _knows_false(self) -> bool:
        """Whether a label False was seen."""
        return bool(self.met_false)

    def _meet_false(self) -> None:
        """Note that a label False was seen."""
        self.met_false = True

    @property
    def _labels_seen(self) -> int:
        """Labels seen; counted only where the first events are kept whole."""
        return int(self.labels_n)

    @property
    def labels(self) -> list[Any]:
        """Labels seen; recorded only where other classes than True and False are possible."""
        return list(self.met)

    def _resume_labels(self, labels: Any) -> None:
        """Continue from saved labels, after they were checked."""
        self.met = dict.fromkeys(labels)
