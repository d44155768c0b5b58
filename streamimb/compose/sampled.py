"""The wrapper that samples the events of a learner and corrects its probabilities."""

from collections.abc import Iterator
from random import SystemRandom
from typing import Any

from river import base, compose

from streamimb._kernels import ports
from streamimb._kernels import route as route_port
from streamimb._kernels.adapters import ForeignAnchor, LiveAnchor, rates_of
from streamimb._kernels.class_route import ClassOffsetRoute
from streamimb._kernels.draw import Draw
from streamimb._kernels.mixed_anchor import MixedAnchor
from streamimb._kernels.mixed_class_anchor import MixedClassAnchor
from streamimb._kernels.routes import MappingRoute, OffsetRoute
from streamimb._kernels.sampled import SampledModel
from streamimb._kernels.saved import entries, refused
from streamimb._kernels.saved import labels as labels_of
from streamimb.compose.capabilities import (
    CLASSIFIER,
    Traits,
    class_learner_of,
    honours_weight,
    last_step,
    learner_of,
    refuse_misfit,
    refuse_second_tilt,
    refuse_stranger,
    takes_class_offsets,
    takes_offset,
)
from streamimb.compose.contributions import completed, contributions_of, inner_contributions
from streamimb.compose.tilting import refuse_tilt_around
from streamimb.correction import FrozenAnchor, PriorRatio, RateRatio, Weight
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, refuse, whole
from streamimb.protocols import Anchor, Features, Route, Sampler, Synthesizer
from streamimb.sampling import ScoreUnderSampler
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior, begin_steady

ANCHORS = ("live", "frozen")
PARAMETERS = ("classifier", "sampler", "correction", "anchor", "prior", "seed", "synthesizer", "copies")
COPIES = ("rounded", "poisson")
CORRECTIONS = ("auto", "offset", "prior", "weight")


class SampledClassifier(SampledModel, Part, base.Wrapper[base.Classifier], base.Classifier):
    r"""A classifier trained on sampled events that serves the probabilities of the unsampled stream.

    The sampler returns rates $r(x, y)$ for all classes at once. An event is learned floor(r) times, and once more with
    the remainder as its probability (or once, with weight r, where the sampler does not draw). This shifts the learned
    log-odds by $\log r(x, 1) - \log r(x, 0)$, and the correction removes the shift.

    `offset` trains a learner that takes an offset on $g + \operatorname{logit} m + \text{shift}$ and serves
    $\sigma(g + \operatorname{logit} m)$; a learner that takes an offset for each class is trained at
    $g_k + \log m_k + \log r_k$ and served at $g_k + \log m_k$. `prior` works with any classifier:
    `correction.PriorRatio` where the rate is the same for all x, else `correction.RateRatio`. `weight` learns drawn
    examples with weight 1/r. `auto` is `offset` where the learner takes an offset, else `prior`.

    Under `offset`, the transformers of a pipeline learn every event after they have transformed it: the last step
    learns the drawn events from the same features that it would score. Under `prior` and `weight` a pipeline is sampled
    as one classifier, together with its transformers, in River's order. A classifier of several classes (River's
    `_multiclass`) accepts any labels, with $q_k \propto p_k / r_k$; its classes are False and True until another label
    comes. Any other classifier refuses a third label.

    **Cost**: for each labelled event one prediction, and a learning step where it is drawn; in addition to the learner
    about .4 µs and 100 floats.

    Parameters
    ----------
    classifier
        Any River classifier or pipeline that gives probabilities; it is used itself, not copied.
    sampler
        None: `sampling.ScoreUnderSampler()`, which learns a share of 20 % rare events.
    correction
        "auto", "offset", "prior" or "weight", or an object with the methods of `protocols.Route`.
    anchor
        "live": the log-odds of the present class prior; under `offset` mixed with those of a prior of the same memory
        whose windows are never cut, by how well each would have served. "frozen": those after 2,000 labels. Or an
        object with the methods of `protocols.Anchor`, such as a batch model, which gives other log-odds.
    prior
        Initial P(True), in (0, 1): served until the first negative has come; then it counts as one label in the live
        prior. Or a `stats.ClassPrior`: its parameters are used, but not its counts, as in River's `clone`.
    seed
        Seed of the draws; None: one from the system's entropy.
    synthesizer
        Makes the examples that replace further copies of an event, such as `synthesis.SMOTE()`; it is asked where the
        rate of an event is above 1. None: copies of the event itself.
    copies
        "rounded": an event is learned floor(r) times, and once more with the remainder as its probability. "poisson": a
        Poisson number of times with mean r, as in online bagging, so that two models of one stream differ; this adds
        variance, and is meant for the members of an ensemble.

    Raises
    ------
    ValueError
        For an argument that is no classifier, sampler, prior or seed; an unknown `correction` or `anchor`; a
        correction that the classifier does not support, or that would not remove the shift of this sampler; a label
        that it does not accept; a sampled classifier or a River sampler inside; class weights in the learner's
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
    >>> scores, _ = model.scores_one({"a": 0.0})  # the truth is .006
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
        correction: str | Route = "auto",
        anchor: str | Anchor = "live",
        prior: float | ClassPrior = 0.05,
        seed: int | None = None,
        synthesizer: Synthesizer | None = None,
        copies: str = "rounded",
    ) -> None:
        self.check_idle()
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        refuse_tilt_around(classifier)
        refuse_second_tilt(classifier)
        if sampler is not None:
            refuse_stranger("sampler", sampler, Sampler, "an object such as sampling.UnderSampler(share=0.2)")
        self.classifier: Any = classifier  # typed Any: it has more methods than its base
        self.sampler: Sampler = ScoreUnderSampler() if sampler is None else sampler
        self.correction = correction
        self.anchor = anchor
        self.prior = prior
        self.seed = (
            None if seed is None else whole("seed", seed, lambda _: True, "an integer, or None for entropy")
        )
        if synthesizer is not None:
            refuse_stranger(
                "synthesizer", synthesizer, Synthesizer, "an object with learn_one and examples_one, or None"
            )
            if not self.sampler.draws:
                raise ValueError(
                    f"synthesizer: it replaces copies, and {type(self.sampler).__name__} gives weights instead: leave "
                    "it out, or give a sampler that draws and has rates above 1"
                )
        self.synthesizer = synthesizer
        if copies not in COPIES:
            refuse("copies", copies, f"one of {', '.join(COPIES)}")
        if copies == "poisson" and not self.sampler.draws:
            raise ValueError(
                f"copies='poisson': {type(self.sampler).__name__} gives weights and draws no copies: give a sampler "
                "that draws, or leave it out"
            )
        self.copies = copies
        draw = Draw(SystemRandom().getrandbits(64) if self.seed is None else self.seed)
        self._assemble(begin_prior(prior), self._anchored(), self._choose(), draw)

    def _choose(self) -> Route | None:
        """Return the correction; None under the offset route, where the learner's offset contains the shift."""
        name = self.correction
        able = takes_offset(self.classifier)
        honours_w = honours_weight(self.classifier)
        draws = self.sampler.draws
        step = type(last_step(self.classifier)).__name__
        if not draws and not able and not honours_w:
            raise ValueError(
                f"sampler: {type(self.sampler).__name__} gives weights, and {step} takes none: "
                "use sampling.UnderSampler, or a learner whose learn_one declares w"
            )
        if not isinstance(name, str):
            refuse_stranger("correction", name, Route, f"one of {', '.join(CORRECTIONS)}, or a Route")
            refuse_misfit(name, name, self.sampler, honours_w, step)
            return name
        if name not in CORRECTIONS:
            refuse("correction", name, f"one of {', '.join(CORRECTIONS)}, or a Route")
        if name == "offset" and not able:
            raise ValueError(
                f"correction='offset': {step} takes no offset; use 'prior', or "
                "linear_model.LogisticRegression or SoftmaxRegression of streamimb"
            )
        if name == "offset" or (name == "auto" and able):
            return None
        route: Route = RateRatio(draws) if self.sampler.depends_on_x else PriorRatio(draws)
        if name == "weight":
            route = Weight()
        refuse_misfit(route, name, self.sampler, honours_w, step)
        return route

    def _anchored(self) -> Anchor | None:
        """Return the anchor; None for the live class prior."""
        anchor = self.anchor
        if isinstance(anchor, str):
            if anchor not in ANCHORS:
                refuse("anchor", anchor, f"one of {', '.join(ANCHORS)}, or an Anchor")
            return None if anchor == "live" else FrozenAnchor(self.prior)
        refuse_stranger("anchor", anchor, Anchor, f"one of {', '.join(ANCHORS)}, or an Anchor")
        return anchor

    def _mixed_of(self, prior: ClassPrior) -> Any:
        """Return a new live anchor of the offset route; of any number of classes it has other methods than of two."""
        if takes_class_offsets(self.classifier):
            return MixedClassAnchor(begin_steady(prior))
        return MixedAnchor(prior)

    def _assemble(
        self, prior: ClassPrior, anchor: Anchor | None, correction: Route | None, draw: Draw
    ) -> None:
        """Connects the classifier and the sampler with the wrapper's class prior, anchor and correction."""
        self._prior, self._own_anchor, self._own_correction = prior, anchor, correction
        port: ports.Anchor = LiveAnchor(prior) if anchor is None else ForeignAnchor(anchor)
        self._mixed_anchor = self._mixed_of(prior) if correction is None and anchor is None else None
        rates = rates_of(self.sampler)
        if correction is None and takes_class_offsets(self.classifier):
            learner = class_learner_of(self.classifier)
            route: route_port.Route = ClassOffsetRoute(learner, port, self._mixed_anchor, prior)
        elif correction is None:
            route = OffsetRoute(learner_of(self.classifier), self._mixed_anchor or port)
        else:
            route = MappingRoute(
                self.classifier,
                Traits(self.classifier),
                correction,
                port,
                anchor is None,
                prior,
                self.sampler.draws,
            )
        self._way = route
        SampledModel.__init__(self, route, rates, prior, draw, self.synthesizer, self.copies == "poisson")

    def __getstate__(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in PARAMETERS},
            "class_prior": self._prior,
            # None where the parameter itself is used: it is saved once.
            "own_anchor": None if self._own_anchor is self.anchor else self._own_anchor,
            "own_correction": None if self._own_correction is self.correction else self._own_correction,
            "mixed_anchor": None if self._mixed_anchor is None else self._mixed_anchor.__getstate__(),
            "labels": self._way.labels_learned(),
            "sampling": self._sampling_state(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state,
            *PARAMETERS,
            "class_prior",
            "own_anchor",
            "own_correction",
            "mixed_anchor",
            "labels",
            "sampling",
        )
        parameters = {name: saved[name] for name in PARAMETERS}
        made = SampledClassifier(**parameters)  # refuses what no constructor takes
        if made.sampler is not parameters["sampler"]:
            raise refused("sampler", "a sampler")
        used: dict[str, Any] = {}
        for name, own in (("anchor", made._own_anchor), ("correction", made._own_correction)):
            given = own is parameters[name]  # the parameter itself
            used[name] = own if given else saved[f"own_{name}"]
            if type(saved[f"own_{name}"]) is not (type(None) if given else type(own)):
                raise refused(f"own_{name}", "what the parameters make")
        if not isinstance(saved["class_prior"], ClassPrior):
            raise refused("class_prior", "a ClassPrior")
        if (saved["mixed_anchor"] is None) is not (made._mixed_anchor is None):
            raise refused("mixed_anchor", "what the parameters make")
        if saved["mixed_anchor"] is not None:
            made._mixed_of(saved["class_prior"]).__setstate__(saved["mixed_anchor"])
        labels = labels_of(saved, "labels")
        made._way.resume(labels)
        made._resume_sampling(saved["sampling"])
        self.check_idle()
        vars(self).update(parameters)
        self._assemble(saved["class_prior"], used["anchor"], used["correction"], Draw(0))
        if self._mixed_anchor is not None:
            self._mixed_anchor.__setstate__(saved["mixed_anchor"])
        self._way.resume(labels)
        self._resume_sampling(saved["sampling"])

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression(), "seed": 1}

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096

    def contributions_one(self, x: Features) -> dict[Any, float]:
        """Return what each feature adds to the corrected log-odds, as the learner's `contributions_one` says.

        Under the offset correction it is called with the offset, or one for each class. Under another one it is called
        with x alone, and what the correction adds is the entry `"(correction)"`. Where it returns a mapping for each
        class, so does this.

        Raises
        ------
        ValueError
            Where the learner has no contributions.
        """
        if self._own_correction is not None:
            return completed(
                inner_contributions(self.classifier, x), self.predict_proba_one(x), "(correction)"
            )
        anchor = self._way.anchors_one(x)
        if anchor is None:
            own = self._mixed_anchor if self._own_anchor is None else self._own_anchor
            anchor = self._prior.logit if own is None else own.logit_one(x)
        return contributions_of(self.classifier, x, anchor)
