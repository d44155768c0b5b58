"""The wrapper in which a sampler and a correction meet around a learner.

It asks for rates once, draws once, and hands both to one route. It must never know which sampler, route or
learner it has.
"""

from collections.abc import Iterator
from math import inf, log
from random import SystemRandom
from typing import Any

from river import base, compose

from streamimb._kernels.lane import SampledLane
from streamimb.compose.capabilities import (
    CLASSIFIER,
    declared,
    declared_keywords,
    honours_weight,
    last_step,
    refuse_second_tilt,
    refuse_stranger,
    takes_offset,
    teaches,
)
from streamimb.compose.transforming import learn_transform_one, transform_one
from streamimb.compose.truth import canonical
from streamimb.correction import FrozenAnchor, Offset, PriorRatio, Route, SelfPilot, Weight
from streamimb.correction.answer import probability, true_of
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, refuse, whole
from streamimb.protocols import Features, Proba, Sampler, Scores
from streamimb.sampling import ScoreUnderSampler
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior

ANCHORS = ("live", "frozen")
CORRECTIONS = ("auto", "offset", "prior", "weight")
FEWEST = 1e-9  # a class of which the learner says nothing


class SampledClassifier(SampledLane, Part, base.Wrapper[base.Classifier], base.Classifier):
    r"""Any classifier under any sampling, serving the probabilities of the unsampled stream.

    The sampler says rates $r(x, y)$ for all classes at once; an event is learned floor(r) times and once more
    with the remainder as its probability (or as one example of that weight), which moves what is learned by
    $\log r(x, 1) - \log r(x, 0)$ in log-odds; one correction takes that out again, exactly once.

    `offset` trains a learner that takes an offset on $g + \operatorname{logit} m + \text{shift}$ and serves
    $\sigma(g + \operatorname{logit} m)$. `prior` works with any classifier: two clocks of the prior where the
    rate is the same for all x, else minus the shift at the learner's own score. `weight` gives kept examples
    the weight 1/r. `auto` is `offset` where the learner can, else `prior`.

    Under `offset`, the transformers of a pipeline learn every event, after they have transformed it: its last step
    learns the sampled events with the features that would be served. Under `prior`
    and `weight` a pipeline is one classifier and sampled whole, its transformers with it, in River's order.
    Labels other than True and False (1, 0) pass through with $q_k \propto p_k / r_k$. Before the first of them
    the probabilities are of True and False; a classifier that was trained on other classes has none of these, and
    asking for them raises.

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
        P(True) to start from, in (0, 1): served until labels of both classes came, then one label's worth of the
        live prior. Or a `stats.ClassPrior` whose parameters are taken; what it has counted is not, as in River's
        `clone`.
    seed
        Of the draws; None takes entropy.

    Raises
    ------
    ValueError
        For what is no classifier, sampler, prior or seed; an unknown `correction` or `anchor`; a correction the
        classifier cannot follow; a sampled classifier or a River sampler inside; class weights in the learner's
        loss; a rate of 0; a weight `w` that the learner would drop.

    Examples
    --------
    >>> import random
    >>> from river import naive_bayes
    >>> from streamimb import SampledClassifier, sampling
    >>> rng = random.Random(1)
    >>> model = SampledClassifier(naive_bayes.GaussianNB(), sampling.UnderSampler(share=0.2), seed=1)
    >>> for _ in range(20_000):
    ...     y = rng.random() < 0.01
    ...     model.learn_one({"a": rng.gauss(y, 1)}, y)
    >>> scores = model.scores_one({"a": 0.0})  # the truth is .006
    >>> round(model.kept_share, 2), round(scores.raw, 3), round(scores.corrected, 3)
    (0.05, 0.124, 0.006)

    References
    ----------
    Wang, Zhang, Wang (2021), arXiv:2110.13048; Dal Pozzolo et al. (2015), doi:10.1109/SSCI.2015.33. One rate
    for every policy and the live anchor are ours.
    """

    def __init__(
        self,
        classifier: base.Classifier | compose.Pipeline,
        sampler: Sampler | None = None,
        correction: str = "auto",
        anchor: str = "live",
        prior: float | ClassPrior = 0.05,
        seed: int | None = None,
    ) -> None:
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        refuse_second_tilt(classifier)
        if sampler is not None:
            refuse_stranger("sampler", sampler, Sampler, "an object such as sampling.UnderSampler(share=0.2)")
        self.classifier: Any = classifier  # what it can do beside is found out here, once
        self.sampler: Sampler = ScoreUnderSampler() if sampler is None else sampler
        self.correction = correction
        self.anchor = anchor
        self.prior = prior
        self.seed = (
            None if seed is None else whole("seed", seed, lambda _: True, "an integer, or None for entropy")
        )
        self._honours_w = honours_weight(classifier)
        self._forwards = tuple(sorted(declared_keywords(classifier) - {"w", "offset"}))
        self._route = self._choose(begin_prior(prior))
        # Only an offset has to reach the last step itself.
        self._transforms = type(self._route) is Offset and isinstance(classifier, compose.Pipeline)
        self._classes: tuple[Any, ...] = ()
        self.begin(SystemRandom().getrandbits(64) if self.seed is None else self.seed)
        self._connect()

    def _connect(self) -> None:
        """Takes the direct lane where every part is one of ours."""
        learner, sampler, route = self.classifier, self.sampler, self._route
        if (
            type(route) is Offset
            and type(route.anchor) is ClassPrior
            and type(learner) is LogisticRegression
            and type(sampler) is ScoreUnderSampler
        ):
            self.connect(learner, sampler, route.anchor)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.own_state(), "_lane": self.lane_state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({name: value for name, value in state.items() if name != "_lane"})
        self.resume(state["_lane"])
        self._connect()

    def _choose(self, prior: ClassPrior) -> Route:
        name = self.correction
        if name not in CORRECTIONS:
            refuse("correction", name, f"one of {', '.join(CORRECTIONS)}")
        if self.anchor not in ANCHORS:
            refuse("anchor", self.anchor, f"one of {', '.join(ANCHORS)}")
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
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096

    @property
    def last_shift(self) -> float:
        """Shift of the log-odds at the last labelled event, log r(True) - log r(False); 0 before the first."""
        rates = self.last_rates
        return shift_of(rates) if True in rates and False in rates else 0.0

    # ------------------------------------------------------------------ serving

    def say_apart(self, x: Features) -> float:
        """P(True) on the unsampled stream."""
        if self._classes:
            return true_of(self.predict_apart(x, {}))
        learner, x = self._front(x)
        route = self._route
        p = route.pilot_one(learner, x)
        return route.correct_one(p, self._shift(x, p) if self.sampler.depends_on_x else 0.0)

    def scores_apart(self, x: Features) -> Scores:
        """P(True): raw, corrected, and corrected again in place of calibrated."""
        if self._classes:
            q = self.say_apart(x)
            return Scores(q, q, q)
        learner, x = self._front(x)
        p = self._route.pilot_one(learner, x)
        shift = self._shift(x, p)
        q = self._route.correct_one(p, shift)
        return Scores(self._route.raw_one(p, shift), q, q)

    def predict_apart(self, x: Features, kwargs: dict[str, Any]) -> dict[Any, float]:
        """Probability of each class on the unsampled stream."""
        self._refuse_offset(kwargs)
        if not self._classes:
            q = self.say_apart(x)
            return {False: 1.0 - q, True: q}
        p = class_probabilities(self.classifier.predict_proba_one(x), self._classes)
        rates = self.sampler.rates_one(x, p) if self.sampler.depends_on_x else {}
        return self._route.correct_classes(p, rates)

    def _front(self, x: Features) -> tuple[Any, Features]:
        """What the route speaks to, and x as that sees it."""
        if self._transforms:
            return last_step(self.classifier), transform_one(self.classifier, x)
        return self.classifier, x

    def _learn_front(self, x: Features, y: Any) -> tuple[Any, Features]:
        """The same, and transformers that are run apart learn x after they have transformed it."""
        if self._transforms:
            return last_step(self.classifier), learn_transform_one(self.classifier, x, y)
        return self.classifier, x

    def _shift(self, x: Features, p: float) -> float:
        return shift_of(self.sampler.rates_one(x, {False: 1.0 - p, True: p}))

    def contributions_one(self, x: Features) -> dict[Any, float]:
        """What each feature adds to the corrected log-odds, with the rows of the learner's `contributions_one`.

        Under the offset route only, and of a learner that can say: `linear_model.LogisticRegression` does.
        """
        route = self._route
        if not isinstance(route, Offset):
            raise ValueError(
                "contributions_one: only a learner that takes an offset says what features add, "
                "such as linear_model.LogisticRegression of streamimb, under correction='offset'"
            )
        learner, x = self._front(x)
        rows: dict[Any, float] = learner.contributions_one(x, route.anchor.logit)
        return rows

    # ------------------------------------------------------------------ learning

    def learn_apart(self, x: Features, y: Any, w: float, kwargs: dict[str, Any]) -> float:
        """The same by protocol: any learner, sampler, route, label and weight.

        Keywords the innermost classifier's `learn_one` declares are forwarded; a weight it would drop is refused.
        """
        y = canonical(y)
        self._refuse_offset(kwargs)
        if w != 1.0 and not teaches(w, self._honours_w, self.classifier):
            return float(self.predict_apart(x, {}).get(True, 0.0))
        more = declared(kwargs, self._forwards)
        if self._classes or (y is not True and y is not False):
            self._learn_classes(x, y, w, more)
            return 0.0
        learner, x = self._learn_front(x, y)
        route = self._route
        sampler = self.sampler
        p = route.pilot_one(learner, x)
        pilot = {False: 1.0 - p, True: p}
        rates = sampler.rates_one(x, pilot)
        rate = rates[y]
        shift = shift_of(rates)
        q = route.correct_one(p, shift)
        copies = self.drawn(rate, not sampler.draws)
        route.learn_one(learner, x, y, shift, rate, w, copies, more)
        sampler.learn_one(x, y, pilot, rates, w)
        self.counted(copies, dict(rates))
        return q

    def _learn_classes(self, x: Features, y: Any, w: float, more: dict[str, Any]) -> None:
        learner = self.classifier  # whole, for an offset knows two classes
        own = learner.predict_proba_one(x)
        known = self._classes or ((False, True) if self.last_rates else ())
        classes = tuple(dict.fromkeys((*known, *own, y)))  # the learner may have been trained before
        p = class_probabilities(own, classes)
        rates = self.sampler.rates_one(x, p)
        if not all(0.0 < rate < inf for rate in rates.values()):
            raise ValueError(RATE)
        copies = self.drawn(rates[y], not self.sampler.draws)
        # First of all, for it may refuse the label: then nothing else has heard of it.
        self._route.learn_class(learner, x, y, rates, w, copies, more)
        self.sampler.learn_one(x, y, p, rates, w)
        self.counted(copies, dict(rates))
        self._classes = classes
        self.leave()

    def _refuse_offset(self, kwargs: dict[str, Any]) -> None:
        """One given from outside would be dropped: the correction gives the learner its offset."""
        if kwargs.get("offset") is not None and takes_offset(self.classifier):
            raise ValueError(
                "offset: the correction of a SampledClassifier gives the learner its offset; leave it out, or give "
                "it to the learner without a sampler"
            )


def class_probabilities(own: Proba, classes: tuple[Any, ...]) -> dict[Any, float]:
    """The learner's own probabilities, over these classes; none is 0."""
    p = {k: max(FEWEST, probability(own.get(k, 0.0))) for k in classes}
    total = sum(p.values())
    return {k: q / total for k, q in p.items()}


def shift_of(rates: Proba) -> float:
    """Shift of the log-odds that rates of True and False put in."""
    true, false = rates[True], rates[False]
    if not (0.0 < true < inf and 0.0 < false < inf):
        raise ValueError(RATE)
    return log(true / false)


RATE = (
    "sampler: a rate of 0 or one that is not finite cannot be corrected; "
    "let rates_one give finite rates > 0 (ours are at least 1e-6)"
)
