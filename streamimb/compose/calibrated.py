"""The wrapper in which a calibrator meets a classifier: feedback on top of the exact correction.

It must never know how scores are made or sampled.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from river import base, compose

from streamimb._kernels.lane import CalibratedLane, Lane
from streamimb._kernels.platt import Platts
from streamimb.calibration import PlattMixture
from streamimb.compose.capabilities import (
    CLASSIFIER,
    declared,
    declared_keywords,
    honours_weight,
    refuse_stranger,
    teaches,
)
from streamimb.compose.truth import canonical, other_classes, says_two_classes
from streamimb.correction.answer import probability, true_of
from streamimb.correction.odds import normalised
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part
from streamimb.protocols import Calibrator, Features, Proba, Scorer, Scores


class CalibratedClassifier(CalibratedLane, Part, base.Wrapper[base.Classifier], base.Classifier):
    """A classifier whose probabilities an online calibrator keeps true.

    When the label comes the *current* model scores x again, before it learns; that score and the label are what
    the calibrator learns from. It never learns from the score that was served: the model has moved since, and the
    same error would be corrected twice. Every labelled event calibrates, sampled or not, from the first False on:
    True labels alone say nothing of how common they are. With other classes than True and False, of labels or of
    what a classifier already trained says, there is one calibrator per class, and what they say is normalised.

    **Cost**: a classifier's prediction and learning (one walk where it is one of ours), and the calibrator's
    .2 µs; its memory per class.

    Parameters
    ----------
    classifier
        Any River classifier that gives probabilities, sampled or not; used as it is, not copied.
    calibrator
        `calibration.PlattMixture()` where None. With more than two classes each has one: a `clone()` where it is
        a River object, else a copy of what it was when it was given.

    Raises
    ------
    ValueError
        For what is no classifier or calibrator, or a calibrator that cannot be copied; for a weight `w` that is
        negative, not finite, or that the classifier would drop.

    Examples
    --------
    >>> import random
    >>> from streamimb import CalibratedClassifier, SampledClassifier, linear_model
    >>> rng = random.Random(1)
    >>> model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    >>> for _ in range(20_000):
    ...     y = rng.random() < 0.01
    ...     model.learn_one({"a": rng.gauss(y, 1)}, y)
    >>> round(model.predict_proba_one({"a": 0.0})[True], 3)
    0.007

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines; Gupta, Ramdas (2023), Online Platt scaling
    with calibeating, arXiv:2305.00070. Feeding the score of now is ours.
    """

    def __init__(
        self, classifier: base.Classifier | compose.Pipeline, calibrator: Calibrator | None = None
    ) -> None:
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        if calibrator is not None:
            refuse_stranger("calibrator", calibrator, Calibrator, "an object such as calibration.Platt()")
        self.classifier: Any = classifier  # what it can do beside is found out here, once
        self.calibrator: Any = PlattMixture() if calibrator is None else calibrator
        self._scores = isinstance(classifier, Scorer)
        self._honours_w = honours_weight(classifier)
        self._forwards = tuple(sorted(declared_keywords(classifier) - {"w"}))
        self._asks = tuple(sorted(declared_keywords(classifier, "predict_proba_one")))
        self._fresh = untaught(self.calibrator)
        self._classes: dict[Any, Any] = {}
        self._connect()

    def _connect(self) -> None:
        """Takes the direct lane where every part is one of ours, and leaves it where there may be other classes."""
        if isinstance(self.classifier, Lane) and isinstance(self.calibrator, Platts):
            self.connect(self.classifier, self.calibrator)
        if self._classes or not says_two_classes(self.classifier):
            self.leave()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.own_state(), "_met_false": self.calibrates(True)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({name: value for name, value in state.items() if name != "_met_false"})
        self.resume(state["_met_false"])
        self._connect()

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression()}

    def _get_params(self) -> dict[str, Any]:
        params = super()._get_params()
        if not isinstance(self.calibrator, base.Base):
            params["calibrator"] = self._fresh  # River would copy what it has learned, too
        return params

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096 * (1 + len(self._classes))

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, by the classifier inside; 1 where it does not sample."""
        return float(self.classifier.kept_share) if self._scores else 1.0

    def say_apart(self, x: Features) -> float:
        """Calibrated P(True)."""
        if self._scores and not self.left:
            return float(self.calibrator.calibrate_one(self.classifier.scores_one(x).corrected))
        return true_of(self.predict_apart(x, {}))

    def scores_apart(self, x: Features) -> Scores:
        """P(True): raw, corrected and calibrated."""
        if not self._scores:
            p = self.classifier.predict_proba_one(x)
            q = true_of(p)
            return Scores(q, q, true_of(self._calibrated(p)))
        inside = self.classifier.scores_one(x)
        calibrated = self.say_apart(x) if self.left else self.calibrator.calibrate_one(inside.corrected)
        return Scores(inside.raw, inside.corrected, calibrated)

    def predict_apart(self, x: Features, kwargs: dict[str, Any]) -> dict[Any, float]:
        """Calibrated probability of each class; keywords the innermost classifier declares are forwarded."""
        return self._calibrated(self.classifier.predict_proba_one(x, **declared(kwargs, self._asks)))

    def _calibrated(self, p: Proba) -> dict[Any, float]:
        if self._classes or other_classes(p):
            return normalised(
                {
                    k: self._classes[k].calibrate_one(probability(q))
                    if k in self._classes
                    else probability(q)
                    for k, q in p.items()
                }
            )
        q = float(self.calibrator.calibrate_one(true_of(p)))
        return {False: 1.0 - q, True: q}

    def learn_apart(self, x: Features, y: Any, w: float, kwargs: dict[str, Any]) -> float:
        """The same by protocol: any classifier, calibrator, label and weight.

        Calibrates on the score of now, then learns; forwards the keywords the innermost classifier declares.
        """
        y = canonical(y)
        if w != 1.0 and not teaches(w, self._honours_w, self.classifier):
            return float(self.predict_apart(x, {}).get(True, 0.0))
        two = y is True or y is False
        if two and self._scores and not kwargs and not self.left:
            corrected = self.classifier.learn_scored_one(x, y, w)
        else:
            p = self.classifier.predict_proba_one(x, **declared(kwargs, self._asks))
            if not two or self._classes or other_classes(p):
                return self._learn_classes(x, y, w, p, kwargs)
            corrected = true_of(p)
            self._teach(x, y, w, kwargs)
        calibrated = float(self.calibrator.calibrate_one(corrected))
        if self.calibrates(y):
            self.calibrator.learn_one(corrected, y, w)
        return calibrated

    def _teach(self, x: Features, y: Any, w: float, kwargs: dict[str, Any]) -> None:
        if w == 1.0:
            self.classifier.learn_one(x, y, **declared(kwargs, self._forwards))
        else:
            self.classifier.learn_one(x, y, w=w, **declared(kwargs, self._forwards))

    def _learn_classes(self, x: Features, y: Any, w: float, p: Proba, kwargs: dict[str, Any]) -> float:
        said = self._calibrated(p).get(True, 0.0)
        self._teach(x, y, w, kwargs)  # first, for it may refuse the label: then nothing else has heard of it
        if not self._classes:
            self.leave()
            self._classes = {True: deepcopy(self.calibrator)}  # it goes on as that of one class
        for label in (*p, y):
            if label not in self._classes:
                self._classes[label] = deepcopy(self._fresh)
        for label, q in p.items():
            self._classes[label].learn_one(q, label == y, w)
        return said


def untaught(calibrator: Any) -> Any:
    """One like it that has learned nothing, as far as can be known: where it cannot be cloned, it as it is now."""
    if isinstance(calibrator, base.Base):
        return calibrator.clone()
    try:
        return deepcopy(calibrator)
    except TypeError as error:
        raise ValueError(
            f"calibrator={calibrator!r}: cannot be copied ({error}), and every class needs one; "
            "let it subclass river.base.Base, or hold nothing that copy.deepcopy refuses"
        ) from error
