"""The wrapper in which a sampler and a correction meet around a learner.

It asks for rates once, draws once, and hands both to one route. It must never know which sampler, route or
learner it has.
"""

from collections.abc import Iterator, Mapping
from math import log
from random import SystemRandom
from typing import Any

from river import base, compose

from streamimb._kernels.draw import Draw
from streamimb.compose.capabilities import (
    declared_keywords,
    honours_weight,
    last_step,
    refuse_second_tilt,
    takes_offset,
)
from streamimb.compose.transforming import learn_transform_one, refuse_filters, transform_one
from streamimb.compose.truth import canonical
from streamimb.correction import FrozenAnchor, Offset, PriorRatio, Route, SelfPilot, Weight
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Features, Sampler, Scores
from streamimb.sampling import ScoreUnderSampler
from streamimb.stats import ClassPrior

ANCHORS = ("live", "frozen")
CORRECTIONS = ("auto", "offset", "prior", "weight")
KEPT_FADE = 0.5 ** (1.0 / 20_000)  # a half-life of 20,000 labelled events
NOTHING: Mapping[str, Any] = {}
FEWEST = 1e-9  # a class of which the learner says nothing


class SampledClassifier(base.Wrapper, base.Classifier):
    r"""Any classifier under any sampling, serving the probabilities of the unsampled stream.

    The sampler says rates $r(x, y)$ for all classes at once; an event is learned floor(r) times and once more
    with the remainder as its probability (or as one example of that weight), which moves what is learned by
    $\log r(x, 1) - \log r(x, 0)$ in log-odds; one correction takes that out again, exactly once.

    `offset` trains a learner that takes an offset on $g + \operatorname{logit} m + \text{shift}$ and serves
    $\sigma(g + \operatorname{logit} m)$. `prior` works with any classifier: two clocks of the prior where the
    rate is the same for all x, else minus the shift at the learner's own score. `weight` gives kept examples
    the weight 1/r. `auto` is `offset` where the learner can, else `prior`.

    Around a pipeline the transformers learn every event, the classifier what is sampled. Labels other than
    True and False (1, 0) pass through with $q_k \propto p_k / r_k$.

    **Cost**: one prediction per labelled event, and learning for those kept; beside the learner about .4 µs
    and 100 floats.

    Parameters
    ----------
    classifier
        Any River classifier or pipeline that gives probabilities; used as it is, not copied.
    sampler
        `sampling.ScoreUnderSampler()` (a share of 20 % rare events) where None.
    correction
        "auto", "offset", "prior" or "weight".
    anchor
        "live" follows the class prior, "frozen" stops at 2,000 labels.
    prior
        A `stats.ClassPrior` to begin from; a fresh copy of it is used.
    seed
        Of the draws; None takes entropy.

    Raises
    ------
    ValueError
        For an unknown `correction` or `anchor`; a correction the classifier cannot follow; a sampled
        classifier or a River sampler inside; class weights in the learner's loss; a rate of 0; a weight `w`
        that the learner would drop.

    Examples
    --------
    >>> import random
    >>> from river import linear_model, preprocessing
    >>> from streamimb import SampledClassifier, sampling
    >>> rng = random.Random(1)
    >>> learner = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    >>> model = SampledClassifier(learner, sampling.UnderSampler(share=0.2), seed=1)
    >>> for _ in range(20_000):
    ...     y = rng.random() < 0.01
    ...     model.learn_one({"a": rng.gauss(y, 1)}, y)
    >>> round(model.kept_share, 2), round(model.predict_proba_one({"a": 0.0})[True], 3)
    (0.05, 0.006)

    References
    ----------
    Wang, Zhang, Wang (2021), arXiv:2110.13048; Dal Pozzolo et al. (2015), doi:10.1109/SSCI.2015.33. One rate
    for every policy and the live anchor are ours.
    """

    def __init__(
        self,
        classifier: base.Classifier,
        sampler: Sampler | None = None,
        correction: str = "auto",
        anchor: str = "live",
        prior: ClassPrior | None = None,
        seed: int | None = None,
    ) -> None:
        refuse_second_tilt(classifier)
        self.classifier = classifier
        self.sampler: Sampler = ScoreUnderSampler() if sampler is None else sampler
        self.correction = correction
        self.anchor = anchor
        self.prior = prior
        self.seed = seed
        self._honours_w = honours_weight(classifier)
        self._forwards = tuple(sorted(declared_keywords(classifier) - {"w", "offset"}))
        self._transforms = isinstance(classifier, compose.Pipeline)
        if self._transforms:
            refuse_filters(classifier)
        self._route = self._choose(ClassPrior() if prior is None else prior.clone())
        self._draw = Draw(SystemRandom().getrandbits(64) if seed is None else seed)
        self._copies = self._labels = 0.0
        self._classes: tuple[Any, ...] = ()
        self._last_rates: Mapping[Any, float] = {}

    def _choose(self, prior: ClassPrior) -> Route:
        name = self.correction
        if name not in CORRECTIONS:
            raise ValueError(f"correction={name!r}: expected one of {', '.join(CORRECTIONS)}")
        if self.anchor not in ANCHORS:
            raise ValueError(f"anchor={self.anchor!r}: expected one of {', '.join(ANCHORS)}")
        anchor = prior if self.anchor == "live" else FrozenAnchor(prior)
        able = takes_offset(self.classifier)
        if name == "auto":
            name = "offset" if able else "prior"
        draws = self.sampler.draws
        if not draws and not able and not self._honours_w:
            raise ValueError(
                f"sampler: {type(self.sampler).__name__} gives weights, and {type(last_step(self.classifier)).__name__}"
                " takes none: use sampling.UnderSampler, or a learner whose learn_one declares w"
            )
        if name == "offset":
            if not able:
                raise ValueError(
                    f"correction='offset': {type(last_step(self.classifier)).__name__} takes no offset; "
                    "use 'prior', or linear_model.LogisticRegression of streamimb"
                )
            return Offset(anchor)
        if name == "weight":
            if not self._honours_w:
                raise ValueError(
                    f"correction='weight': {type(last_step(self.classifier)).__name__} takes no weight; use 'prior'"
                )
            if not draws:
                raise ValueError(
                    "correction='weight' takes out exactly the weights the sampler gives: nothing is left of them. "
                    "Use 'offset' or 'prior', or no sampler"
                )
            return Weight(anchor)
        return SelfPilot(anchor, draws) if self.sampler.depends_on_x else PriorRatio(anchor, draws)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression(), "seed": 1}

    @property
    def _wrapped_model(self) -> base.Classifier:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096

    @property
    def last_rates(self) -> Mapping[Any, float]:
        """Rates of the classes at the last labelled event; empty before the first."""
        return self._last_rates

    @property
    def last_shift(self) -> float:
        """Shift of the log-odds at the last labelled event, log r(True) - log r(False); 0 before the first."""
        rates = self._last_rates
        return log(rates[True] / rates[False]) if True in rates and False in rates else 0.0

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, half-life 20,000; 1 before the first."""
        return self._copies / self._labels if self._labels > 0.0 else 1.0

    # ------------------------------------------------------------------ serving

    def predict_proba_one(self, x: Features, **kwargs: Any) -> dict[Any, float]:
        """Probability of each class on the unsampled stream; {False, True} until other labels are seen."""
        learner = self.classifier
        if self._transforms:
            x = transform_one(learner, x)
            learner = last_step(learner)
        if self._classes:
            return self._predict_classes(learner, x)
        route = self._route
        p = route.pilot_one(learner, x)
        q = route.correct_one(p, self._shift(x, p) if self.sampler.depends_on_x else 0.0)
        return {False: 1.0 - q, True: q}

    def scores_one(self, x: Features) -> Scores:
        """P(True): raw, corrected, and corrected again in place of calibrated."""
        learner = self.classifier
        if self._transforms:
            x = transform_one(learner, x)
            learner = last_step(learner)
        p = self._route.pilot_one(learner, x)
        shift = self._shift(x, p)
        q = self._route.correct_one(p, shift)
        return Scores(self._route.raw_one(p, shift), q, q)

    def _shift(self, x: Features, p: float) -> float:
        rates = self.sampler.rates_one(x, {False: 1.0 - p, True: p})
        return log(rates[True] / rates[False])

    def _predict_classes(self, learner: Any, x: Features) -> dict[Any, float]:
        p = self._class_probabilities(learner, x, ())
        rates = self.sampler.rates_one(x, p) if self.sampler.depends_on_x else {}
        return self._route.correct_classes(p, rates)

    def _class_probabilities(self, learner: Any, x: Features, more: tuple[Any, ...]) -> dict[Any, float]:
        """The learner's own probabilities, over every class seen; none is 0."""
        own = learner.predict_proba_one(x)
        p = {k: max(FEWEST, float(own.get(k, 0.0))) for k in (*self._classes, *more)}
        total = sum(p.values())
        return {k: q / total for k, q in p.items()}

    # ------------------------------------------------------------------ learning

    def learn_one(self, x: Features, y: Any, w: float = 1.0, **kwargs: Any) -> None:
        """Learns from an event of weight w: the statistics always, the classifier as the sampler says.

        Keywords the innermost classifier's `learn_one` declares are forwarded; a weight it would drop is refused.
        """
        if y is not True and y is not False:
            y = canonical(y)
        if self._classes or (y is not True and y is not False):
            self._learn_classes(x, y, w, kwargs)
        elif kwargs:
            self._learn_truth(x, y, w, {k: v for k, v in kwargs.items() if k in self._forwards})
        else:
            self._learn_truth(x, y, w, NOTHING)

    def learn_scored_one(self, x: Features, y: bool, w: float = 1.0) -> float:
        """Learns as `learn_one` does; gives the corrected P(True) of now, before learning."""
        return self._learn_truth(x, y, w, NOTHING)

    def _learn_truth(self, x: Features, y: bool, w: float, more: Mapping[str, Any]) -> float:
        if w != 1.0 and not self._wanted(w):
            return self.scores_one(x).corrected
        learner = self.classifier
        if self._transforms:
            x = learn_transform_one(learner, x, y)
            learner = last_step(learner)
        route = self._route
        sampler = self.sampler
        p = route.pilot_one(learner, x)
        pilot = {False: 1.0 - p, True: p}
        rates = sampler.rates_one(x, pilot)
        rate = rates[y]
        shift = log(rates[True] / rates[False])
        q = route.correct_one(p, shift)
        copies = self._draw.copies(rate) if sampler.draws else rate
        route.learn_one(learner, x, y, shift, rate, w, copies, more)
        sampler.learn_one(x, y, pilot, rates, w)
        self._copies = KEPT_FADE * self._copies + copies
        self._labels = KEPT_FADE * self._labels + 1.0
        self._last_rates = rates
        return q

    def _learn_classes(self, x: Features, y: Any, w: float, kwargs: Mapping[str, Any]) -> None:
        if w != 1.0 and not self._wanted(w):
            return
        more = {k: v for k, v in kwargs.items() if k in self._forwards}
        learner = self.classifier
        if self._transforms:
            x = learn_transform_one(learner, x, y)
            learner = last_step(learner)
        if not self._classes and self._last_rates:
            self._classes = (False, True)
        known = y in self._classes
        p = self._class_probabilities(learner, x, () if known else (y,))
        rates = self.sampler.rates_one(x, p)
        copies = self._draw.copies(rates[y]) if self.sampler.draws else rates[y]
        self._route.learn_class(learner, x, y, rates, w, copies, more)
        self.sampler.learn_one(x, y, p, rates, w)
        self._copies = KEPT_FADE * self._copies + copies
        self._labels = KEPT_FADE * self._labels + 1.0
        self._last_rates = rates
        if not known:
            self._classes = (*self._classes, y)

    def _wanted(self, w: float) -> bool:
        """Whether an event of this weight (not 1) changes anything; refuses what cannot be a weight here."""
        if not 0.0 <= w < float("inf"):
            raise ValueError("w: expected a finite number >= 0")
        if not self._honours_w:
            raise ValueError(
                f"w: {type(last_step(self.classifier)).__name__} takes no weight and would drop it; "
                "leave w out, or use a learner whose learn_one declares w"
            )
        return w > 0.0
