"""The wrapper that calibrates a classifier online."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from river import base, compose

from streamimb._kernels.answer import is_label
from streamimb._kernels.calibrated import CalibratedModel
from streamimb._kernels.class_scaling import ClassScaling, JointScaling, SeparateScalings
from streamimb._kernels.effective_weight import EffectiveWeight
from streamimb._kernels.saved import entries, listed, refused, switch
from streamimb.calibration import PlattMixture
from streamimb.compose.capabilities import CLASSIFIER, inner_models, model_of, refuse_stranger
from streamimb.compose.contributions import completed, inner_contributions
from streamimb.compose.tilting import refuse_tilt_around
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part
from streamimb.protocols import Calibrator, ClassCalibrator, Features


class CalibratedClassifier(CalibratedModel, Part, base.Wrapper[base.Classifier], base.Classifier):
    r"""A classifier with an online calibrator, which maps its probabilities to observed frequencies.

    When the label comes, the *current* model scores x again before it learns, and the calibrator learns from that score
    and the label. It does not learn from the score that was served: the model has changed since, and the same error
    would be corrected twice. The calibrator learns from every labelled event, drawn or not, from the first False on:
    True labels alone carry no information about their share. With classes other than True and False, in the labels or
    in the answers of the classifier, there is one calibrator per class, and their answers are normalised; a
    `protocols.ClassCalibrator`, such as `calibration.VectorScaling`, calibrates all classes together instead.

    A calibrator counts its memory in weights. For a weight w it gets $w \sum w / \sum w^2$, with sums over the last
    thousand labels: these sum to the effective number of labels, so that weights such as 1/propensity do not shorten
    its memory. Where all weights are equal, each counts as 1.

    **Cost**: one prediction and one learning step of the classifier (the event is read once), and .2 µs for the
    calibrator. **Memory**: one calibrator per class.

    Parameters
    ----------
    classifier
        Any River classifier that gives probabilities, sampled or not; it is used itself, not copied.
    calibrator
        None: `calibration.PlattMixture()`. With more than two classes each class has one, unless it calibrates all
        classes together: a `clone()` of a River object, or a copy of any other object as it was at construction.

    Raises
    ------
    ValueError
        For an argument that is no classifier or calibrator, a calibrator that cannot be copied, or a classifier that
        contains a calibrated one; for a weight `w` that is negative, not finite, or that the classifier would drop.

    Examples
    --------
    >>> import random
    >>> from streamimb import CalibratedClassifier, SampledClassifier, linear_model
    >>> rng = random.Random(1)
    >>> model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    >>> for _ in range(20_000):
    ...     y = rng.random() < 0.01
    ...     model.learn_one({"a": rng.gauss(y, 1)}, y)
    >>> round(model.predict_proba_one({"a": 0.0})[True], 3)  # the truth is .006
    0.007

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines; Gupta, Ramdas (2023), Online Platt scaling
    with calibeating, arXiv:2305.00070. Learning from the current score is ours.
    """

    def __init__(
        self,
        classifier: base.Classifier | compose.Pipeline,
        calibrator: Calibrator | ClassCalibrator | None = None,
    ) -> None:
        self.check_idle()
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        refuse_tilt_around(classifier)
        if any(isinstance(part, CalibratedModel) for part in inner_models(classifier)):
            raise ValueError(
                "classifier: there is a CalibratedClassifier inside, and two calibrators would correct the same error; "
                "calibrate once, outside"
            )
        if calibrator is not None:
            refuse_stranger("calibrator", calibrator, Calibrator, "an object such as calibration.Platt()")
        self.classifier: Any = classifier  # typed Any: it has more methods than its base
        self.calibrator: Any = PlattMixture() if calibrator is None else calibrator
        self._fresh = untrained_copy(self.calibrator)
        self._classes: dict[Any, Any] = {}  # calibrators of classes other than True
        CalibratedModel.__init__(self, model_of(classifier), self._calibration_of())

    def _calibration_of(self) -> ClassScaling:
        """The `ClassScaling` port of the calibrator."""
        if isinstance(self.calibrator, ClassCalibrator):
            return JointScaling(self.calibrator)
        return SeparateScalings(self.calibrator, self._fresh, self._classes)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "classifier": self.classifier,
            "calibrator": self.calibrator,
            "fresh": self._fresh,
            "classes": [[label, calibrator] for label, calibrator in self._classes.items()],
            "met_false": self.met_false,
            "weights": self.effective_weight.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "classifier", "calibrator", "fresh", "classes", "met_false", "weights")
        made = CalibratedClassifier(
            saved["classifier"], saved["calibrator"]
        )  # refuses what no constructor takes
        if made.calibrator is not saved["calibrator"]:
            raise refused("calibrator", "a calibrator")
        met_false, weight = switch(saved, "met_false"), EffectiveWeight()
        weight.__setstate__(saved["weights"])
        classes: dict[Any, Any] = {}
        if not isinstance(saved["fresh"], Calibrator):
            raise refused("fresh", "a calibrator")
        for one in listed(saved, "classes"):
            label, calibrator = listed({"classes": one}, "classes", 2)
            if not is_label(label) or label in classes or not isinstance(calibrator, Calibrator):
                raise refused("classes", "labels that differ, each with its calibrator")
            classes[label] = calibrator
        if classes and isinstance(saved["calibrator"], ClassCalibrator):
            raise refused("classes", "none beside a calibrator of all classes")
        self.check_idle()
        vars(self).update(
            classifier=made.classifier, calibrator=made.calibrator, _fresh=saved["fresh"], _classes=classes
        )
        CalibratedModel.__init__(self, model_of(self.classifier), self._calibration_of(), met_false, weight)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression()}

    def _get_params(self) -> dict[str, Any]:
        params = super()._get_params()
        if not isinstance(self.calibrator, base.Base):
            params["calibrator"] = self._fresh  # River's `clone` would copy what the calibrator has learned
        return params

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096 * (1 + len(self._classes))

    def contributions_one(self, x: Features) -> dict[Any, float]:
        """Return what each feature adds to the calibrated log-odds: the classifier's entries, and `"(calibration)"`.

        Raises
        ------
        ValueError
            Where the classifier cannot compute contributions.
        """
        return completed(inner_contributions(self.classifier, x), self.predict_proba_one(x), "(calibration)")


def untrained_copy(calibrator: Any) -> Any:
    """Return an untrained clone; where the calibrator has no `clone`, a copy as it is now."""
    if isinstance(calibrator, base.Base):
        return calibrator.clone()
    try:
        return deepcopy(calibrator)
    except TypeError as error:
        raise ValueError(
            f"calibrator={calibrator!r}: cannot be copied ({error}), and every class needs one; "
            "let it subclass river.base.Base, or hold nothing that copy.deepcopy refuses"
        ) from error
