"""Under-sampling in proportion to the score: hard negatives are learned more often.

The kernel `score_rate` has the arithmetic, this file the parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import distinct, entries, listed, refused, whole
from streamimb._kernels.score_rate import ScoreRate, negatives_of
from streamimb.parameters import Part, number, refuse
from streamimb.sampling.budget import MOST_LABELS, check_keep_first, check_keep_rate, check_share

DEFAULT_SHARE = 0.2
HALF_LIFE = 2_000  # of the mean score of negatives, in negatives
LARGEST_SCORE = {"score": 1.0, "L": 1e9}  # score of one event, by criterion


class ScoreUnderSampler(ScoreRate, Part):
    r"""Learn every rare event, and common ones in proportion to the probability of the wrong class.

    With the pilot's score p, its mean $\omega$ over negatives (half-life 2,000 negatives) and a target rate t,
    $\rho = t e^c$ and $u = \max(mix, 2t - 1)$: $r(1) = 1$ and
    $r(0) = \min(1, \rho[(1 - u)\min(p / \omega, 1 / \rho) + u])$; where t is 1, every event is learned. The target is
    `keep_rate`, or $\min(1, \frac{1 - s}{s}\frac{m}{1 - m})$ for a share s of rare events. The cap lowers the mean rate
    by about 9 %; the step $c \leftarrow c + .002 (t - r) / t$ after each negative, with c in ±1.5, compensates for it.
    The first event of a class is always learned. True is always the rare class: where more than a share s of the events
    are True, t is 1 and every event is learned, also at 99 % True. With other labels the score is $1 - p_k$, t and c
    are those of class k, and the targets are those of `UnderSampler`. With `keep_first`, no event has a rate below
    min(1, `keep_first` / n) after n labels; the controller takes the rate without this bound.

    With the criterion "L" the score is $p \lVert(1, z)\rVert$, the length of the gradient of a linear model: numbers
    standardised by running moments of the sampler's own, and 1 for each string. It learns more of the events from which
    a linear model learns most; it reads x as the user gave it, so it works over any learner.

    **Cost**: O(K) time for K classes (0.2 µs for two), O(K) floats; "L" also reads each labelled event twice (half as
    long again as `LogisticRegression` takes for it), and keeps 8 floats for each number. A weight counts in $\omega$;
    the controller counts events.

    Parameters
    ----------
    share
        Share of rare events among the learned, in [1e-6, 1). It may be changed at any time; where `keep_rate` was
        given, it replaces that. None: 0.2 unless `keep_rate` is given.
    keep_rate
        Mean rate of False, in [1e-6, 1]. It may be changed at any time, with effect from the next event on; where
        `share` was given, it replaces that. None: `share` applies.
    mix
        Part of the rate that is the same for all events, in [0.01, 1]; it bounds the shift by -log(mix rho).
    criterion
        "score", or "L" (the L-optimal score of Wang, Zhang and Wang).
    keep_first
        So many first labelled events are kept whole, and after n labels the rate is at least keep_first / n, whatever
        the other parameters ask for; >= 0, 0: none. For learners that start slowly, such as boosted trees.

    Raises
    ------
    ValueError
        Where both `share` and `keep_rate` are given, a parameter is out of range (also when changed later), a
        pilot probability is outside [0, 1], or a weight is negative or not finite.
    TypeError
        With "L", where x is no mapping from names to values.

    Examples
    --------
    >>> import random
    >>> from streamimb import sampling
    >>> rng = random.Random(1)
    >>> sampler = sampling.ScoreUnderSampler(keep_rate=0.1)
    >>> prior = {False: 0.99, True: 0.01}
    >>> for _ in range(20_000):
    ...     score = 0.02 * rng.random()
    ...     p = {False: 1 - score, True: score}
    ...     sampler.learn_one({}, rng.random() < score, p, sampler.rates_one({}, p, prior), prior)
    >>> round(sampler.rates_one({}, {False: 0.99, True: 0.01}, prior)[False], 2)
    0.1

    References
    ----------
    Fithian, W. and Hastie, T. (2014). Local case-control sampling. https://doi.org/10.1214/14-AOS1220. Only
    negatives are thinned, and the rate is normalised by its mean and mixed with a uniform one. "L": Wang, Zhang and
    Wang (2021), Nonuniform Negative Sampling and Log Odds Correction with Rare Events Data, arXiv:2110.13048.
    """

    depends_on_x = True
    draws = True

    def __init__(
        self,
        share: float | None = None,
        keep_rate: float | None = None,
        mix: float = 0.5,
        criterion: str = "score",
        keep_first: int = 0,
    ) -> None:
        if share is not None and keep_rate is not None:
            raise ValueError(
                f"share={share!r}, keep_rate={keep_rate!r}: give one of them, or none for share=0.2"
            )
        expected = "a number in [0.01, 1], e.g. 0.5: less hardly bounds the shift"
        self._share = None if share is None else check_share(share)
        self._keep_rate = None if keep_rate is None else check_keep_rate(keep_rate)
        self.mix = number("mix", mix, lambda part: 0.01 <= part <= 1.0, expected)
        if not isinstance(criterion, str) or criterion not in LARGEST_SCORE:
            refuse("criterion", criterion, '"score" or "L"')
        self.criterion = str(criterion)  # numpy's str is a str too
        self.keep_first = check_keep_first(keep_first)
        ScoreRate.__init__(self, HALF_LIFE, criterion == "L")
        self._keep_first(self.keep_first, 0)
        self._aim()

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"keep_rate": 0.05, "mix": 0.2}
        yield {"criterion": "L"}
        yield {"keep_first": 100}

    @property
    def share(self) -> float | None:
        """Share of rare events among the learned; None where `keep_rate` or the default applies."""
        return self._share

    @share.setter
    def share(self, share: float | None) -> None:
        self._share = None if share is None else check_share(share)
        if share is not None:
            self._keep_rate = None
        self._aim()

    @property
    def keep_rate(self) -> float | None:
        """Mean rate of the common class; None where a share applies."""
        return self._keep_rate

    @keep_rate.setter
    def keep_rate(self, keep_rate: float | None) -> None:
        self._keep_rate = None if keep_rate is None else check_keep_rate(keep_rate)
        if keep_rate is not None:
            self._share = None
        self._aim()

    @property
    def _mutable_attributes(self) -> set[str]:
        return {"keep_rate", "share"}

    def _aim(self) -> None:
        share = DEFAULT_SHARE if self._share is None else self._share
        odds = (1.0 - share) / share
        self._set_aim(0.0 if self._keep_rate is not None else odds, self._keep_rate or 0.0, self.mix)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "share": self._share,
            "keep_rate": self._keep_rate,
            "mix": self.mix,
            "criterion": self.criterion,
            "keep_first": self.keep_first,
            "labels_n": self._labels_seen,
            "negatives": self.negatives,
            "met": self.labels,
            "classes": self._class_sums,
            "lengths": self._lengths,
        }

    def __setstate__(self, state: Any) -> None:
        parameters = ("share", "keep_rate", "mix", "criterion", "keep_first")
        saved = entries(state, *parameters, "labels_n", "negatives", "met", "classes", "lengths")
        fresh = ScoreUnderSampler(*(saved[name] for name in parameters))  # checks them
        most = LARGEST_SCORE[fresh.criterion]
        labels_n = whole(saved, "labels_n", high=MOST_LABELS if fresh.keep_first else 0)
        negatives, met = negatives_of(saved, most), distinct(saved, "met")
        classes: dict[Any, list[float]] = {}
        for one in listed(saved, "classes"):
            label, numbers = listed({"classes": one}, "classes", 2)
            if label in classes or label != label:
                raise refused("classes", "labels that differ, each with its numbers")
            classes[label] = negatives_of({"negatives": numbers}, most)
        fresh._resume_lengths(saved["lengths"])  # checks them
        ScoreRate.__init__(self, HALF_LIFE, fresh.criterion == "L")
        self._resume_lengths(saved["lengths"])
        self._share, self._keep_rate = fresh._share, fresh._keep_rate
        vars(self).update(mix=fresh.mix, criterion=fresh.criterion, keep_first=fresh.keep_first)
        self._keep_first(fresh.keep_first, labels_n)
        self._resume_classes(met, classes)
        self._resume(negatives)
        self._aim()
