# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A classifier under a sampler: it computes rates once per event, draws once, and corrects by one route."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum, log
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.answer import check_classes
from streamimb._kernels.saved import Entry

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.draw import Draw
    from streamimb._kernels.part_numbers import number_from
    from streamimb._kernels.ports import Model, Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.route import Route
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.draw import Draw
    from cython.cimports.streamimb._kernels.part_numbers import number_from
    from cython.cimports.streamimb._kernels.ports import Model, Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.route import Route
    from cython.cimports.streamimb._kernels.row import Row

KEPT_FADE = cython.declare(cython.double, 0.5 ** (1.0 / 20_000))  # of the kept share, per labelled event
LEAST_RATE = cython.declare(cython.double, 1e-15)  # of what a sampler may ask for
MOST_RATE = cython.declare(cython.double, limits.WEIGHT_CAP)
MOST_COPIES = cython.declare(cython.double, limits.MOST_COPIES)
RATE = (
    "sampler: a rate of 0 or one that is not finite cannot be corrected; "
    "let rates_one give finite rates > 0 (ours are at least 1e-6)"
)
COPIES = "sampler: a rate above 10^6 would learn an event a million times; let rates_one give smaller rates"
OFFSET = (
    "offset: the correction of a SampledClassifier gives the learner its offset; leave it out, or give "
    "it to the learner without a sampler"
)


@cython.cclass
class SampledModel(Model):
    """Fields are declared in sampled.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` gets abstract parts, whose methods raise.
        self._route, self._rates, self._class_prior, self._draw = Route(), Rates(), PriorBank(), Draw(0)

    def __init__(
        self,
        route: Route,
        rates: Rates,
        prior: PriorBank,
        draw: Draw,
        synthesizer: Any = None,
        poisson: bool = False,
    ) -> None:
        self.set_up(route.memo_size)
        self._synthesizer, self._poisson = synthesizer, bool(poisson)
        self._route, self._rates, self._class_prior, self._draw = route, rates, prior, draw
        self._copies = self._events = 0.0
        self._last0 = self._last1 = 1.0
        self._last = {}

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        return self._route.reads_directly()

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        return self._route.in_hand()

    @cython.cfunc
    def read(self, x: Any) -> Row:
        return self._route.read(x)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        self._pilot(row)
        if self._route.needs_rates:
            self._ask(row)
        self._route.correct(row)
        row.calibrated = row.corrected
        row.answer = row.mapping
        row.scored = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _pilot(self, row: Row) -> cython.int:
        """Sets the learner's probabilities of the event, and the prior of its classes."""
        if row.more is not None:
            refuse_offset(row.more)
        self._route.pilot(row)
        self._share(row)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _share(self, row: Row) -> cython.int:
        """Sets the prior of the classes of the event, once."""
        if row.pilot is not None and row.prior is None:
            row.prior = self._class_prior.shares(row.pilot)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _ask(self, row: Row) -> cython.int:
        """Computes the rates of the event, once per row."""
        if not row.rated:
            self._share(row)
            self._rates.ask(row, self._class_prior)
            if row.rates is None:
                if not (LEAST_RATE <= row.r0 <= MOST_RATE and LEAST_RATE <= row.r1 <= MOST_RATE):
                    raise ValueError(RATE)
            elif not sound(row.rates):
                raise ValueError(RATE)
            row.rated = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def rate(self, row: Row) -> cython.int:
        self._ask(row)
        self._route.uncorrect(row)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        if more is not None:
            refuse_offset(more)
        return self._route.check(y, more)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        rate: cython.double
        copies: cython.double
        self._route.check(y, row.more)
        if not row.scored:
            self._pilot(row)
        self._route.admit(row, y)
        self._ask(row)
        if row.rates is not None:
            check_classes(row.rates)  # the last rates belong to the state
        rate = (row.r1 if y is True else row.r0) if row.rates is None else row.rates[y]
        if self._rates.draws_copies and rate > MOST_COPIES:
            raise ValueError(COPIES)
        copies = rate
        if self._rates.draws_copies:
            copies = self._draw.poisson_of(rate) if self._poisson else self._draw.copies_of(rate)
        weight: cython.double = w
        # One event of this weight, for the prior and the anchor as for the learner.
        if self._rates.weighs_all():
            weight, copies = min(w, MOST_RATE) * rate, 1.0
        taught: cython.double = copies if self._class_prior.teaches(y) else 0.0
        # The learner goes first: if it refuses the event, no other part has counted it.
        if self._synthesizer is None:
            self._route.learn(row, y, weight, taught)
        else:
            self._learn_synthesized(row, y, weight, taught)
        self._rates.note(row, y, w, self._class_prior)
        self._class_prior.note(y, weight)
        self._copies = KEPT_FADE * self._copies + copies
        self._events = KEPT_FADE * self._events + 1.0
        if row.rates is None:
            self._last0, self._last1, self._last = row.r0, row.r1, None
        else:
            self._last = row.rates
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn_synthesized(self, row: Row, y: Any, w: cython.double, copies: cython.double) -> cython.int:
        """Learns an event once, and examples made from it in place of further copies."""
        if copies <= 1.0 or not self._rates.draws_copies:
            self._route.learn(row, y, w, copies)
        else:
            examples = checked(
                self._synthesizer,
                self._synthesizer.examples_one(row.event, y, int(copies) - 1, self._probabilities_of),
                copies - 1.0,
            )
            for x, weight in examples:  # before anything is learned: a learner may take no weight but 1
                self._route.takes(w * weight)
                self._route.check_example(x)
            self._route.learn(row, y, w, 1.0)
            for x, weight in examples:
                self._route.add(row, x, y, w * weight)
        self._synthesizer.learn_one(row.event, y)
        return 0

    def _probabilities_of(self, x: Any) -> dict[Any, float]:
        """Return the corrected probability of each class, for a synthesizer."""
        row: Row = self._begin(x, None)
        try:
            self.score(row)
            p = (
                {False: 1.0 - row.corrected, True: row.corrected}
                if row.mapping is None
                else dict(row.mapping)
            )
        finally:
            row.done()
        return p

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return Model.takes(self, w) and self._route.takes(w)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return self._route.remember(row)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        return self._route.length(memo)

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def kept(self) -> cython.double:
        return self._copies / self._events if self._events > 0.0 else 1.0

    @property
    def last_rates(self) -> dict[Any, float]:
        """Rates of the classes at the last labelled event; empty before the first."""
        return {False: self._last0, True: self._last1} if self._last is None else dict(self._last)

    @property
    def last_shift(self) -> float:
        """Shift of the log-odds at the last labelled event, log r(True) - log r(False); 0 before the first."""
        rates = self.last_rates
        return log(rates[True] / rates[False]) if True in rates and False in rates else 0.0

    def _sampling_state(self) -> dict[str, Any]:
        """The draw, the kept share and the last rates."""
        return {
            "draw": self._draw.__getstate__(),
            "copies": float(self._copies),
            "events": float(self._events),
            "last": self.last_rates,
        }

    def _resume_sampling(self, state: dict[str, Any]) -> None:
        """Continue from a saved `_sampling_state`, after it was checked."""
        copies, events, last = state["copies"], state["events"], state["last"]
        if not (0.0 <= events <= 1e6 and 0.0 <= copies <= 1.001 * MOST_RATE * events):
            raise ValueError("state: the copies and events of a sampled classifier are out of range")
        if type(last) is not dict or not sound(last):
            raise ValueError("state: the last rates of a sampled classifier must be finite numbers above 0")
        draw: Draw = Draw(0)
        with Entry("draw"):
            draw.__setstate__(state["draw"])
        self._draw, self._copies, self._events, self._last = draw, copies, events, last
        if last.keys() == {False, True}:
            self._last0, self._last1, self._last = last[False], last[True], None


def refuse_offset(more: dict[str, Any]) -> None:
    """Refuse an offset from the caller, because the route gives the learner its own."""
    if more.get("offset") is not None:
        raise ValueError(OFFSET)


@cython.cfunc
@cython.exceptval(-1, check=False)
def sound(rates: dict[Any, float]) -> cython.bint:
    """Whether every rate is within what can be corrected."""
    rate: cython.double
    within: cython.bint = True
    for rate in rates.values():
        within = within and LEAST_RATE <= rate <= MOST_RATE
    return within


def checked(synthesizer: Any, examples: Any, copies: float) -> list[tuple[Any, float]]:
    """The examples of a synthesizer as a list; the correction is right only if their weights sum to the copies."""
    made = []
    for one in examples if isinstance(examples, Iterable) else (None,):
        if type(one) is not tuple or len(one) != 2:
            raise ValueError("synthesizer: examples_one has to give pairs of an example and its weight")
        if not isinstance(one[0], dict):
            raise ValueError("synthesizer: an example is no dict of features")
        made.append((one[0], number_from(synthesizer, "examples_one", one[1])))
    total = fsum(weight for _, weight in made)
    if not abs(total - copies) <= 1e-9 * copies or not all(weight > 0.0 for _, weight in made):
        raise ValueError(f"synthesizer: the weights of its examples sum to {total:g}, of {copies:g} copies")
    return made
