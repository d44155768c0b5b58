"""The wrapper by which metrics that read features get them in River's own loops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from river import base, compose

from streamimb._kernels.observation import weight_of
from streamimb._kernels.saved import entries
from streamimb.compose.capabilities import CLASSIFIER, Traits, refuse_stranger
from streamimb.compose.contributions import inner_contributions
from streamimb.compose.tilting import refuse_tilt_around
from streamimb.linear_model import LogisticRegression
from streamimb.metrics.event_proba import EventProba
from streamimb.parameters import Part
from streamimb.protocols import Features, Label


class WithFeatures(Part, base.Wrapper[base.Classifier], base.Classifier):
    """A classifier whose probabilities carry the features of their event, so that metrics can read these.

    River's loops (`evaluate.progressive_val_score`, with delays too, `model_selection`) give a metric the label and the
    answer of the model, and no features. This answers with a dict of the same probabilities that has a copy of x as
    attribute `features`, where `Segmented`, `GAUC`, `ValueRecall`, `Savings` and `PrecisionAtK` of `streamimb.metrics`
    find it if `update` gets no x. Put it outside of a pipeline: inside, it carries what the transformers made of x. A
    metric of labels gets `predict_one`, which is a bool and carries nothing: give such a metric a `threshold`.

    **Cost**: that of the classifier, and a copy of x for each prediction.

    Parameters
    ----------
    classifier
        Any River classifier, or a pipeline that ends in one; it is used itself, not copied.

    Raises
    ------
    ValueError
        An argument of another kind; a classifier of River's that samples or weights the events of one of ours inside
        it; a weight `w` that is negative, not finite, or that the classifier would drop.

    Examples
    --------
    >>> import random
    >>> from river import evaluate
    >>> from streamimb import WithFeatures, linear_model, metrics
    >>> rng = random.Random(1)
    >>> xs = [{"a": rng.gauss(0.0, 1.0), "country": rng.choice(("AT", "CH"))} for _ in range(2_000)]
    >>> stream = [(x, rng.random() < (0.1 if x["country"] == "AT" else 0.3)) for x in xs]
    >>> rates = metrics.Segmented(metrics.BaseRate(), by="country")
    >>> _ = evaluate.progressive_val_score(stream, WithFeatures(linear_model.LogisticRegression()), rates, delay=50)
    >>> {name: round(rate.get(), 1) for name, rate in sorted(rates.by_segment().items())}
    {'AT': 0.1, 'CH': 0.3}
    """

    def __init__(self, classifier: base.Classifier | compose.Pipeline) -> None:
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        refuse_tilt_around(classifier)
        self.classifier: Any = classifier  # typed Any: it has more methods than its base
        self._traits = Traits(classifier)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression()}

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _multiclass(self) -> bool:
        return bool(self.classifier._multiclass)

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096

    def predict_proba_one(self, x: Features, **kwargs: Any) -> EventProba:
        """Return the probabilities of the classifier, with the features as attribute `features`."""
        return EventProba(self.classifier.predict_proba_one(x, **self._traits.asked(kwargs)), x)

    def predict_one(self, x: Features, **kwargs: Any) -> Any:
        """Return the decision of the classifier."""
        return self.classifier.predict_one(x, **self._traits.asked(kwargs))

    def learn_one(self, x: Features, y: Label, w: float = 1.0, **kwargs: Any) -> None:
        """Let the classifier learn an event of weight w."""
        self._traits.check_keywords(kwargs)
        w = weight_of(w)
        if self._traits.takes(w):
            more = kwargs if w == 1.0 else {**kwargs, "w": w}
            self.classifier.learn_one(x, y, **more)

    def contributions_one(self, x: Features) -> dict[Any, float]:
        """Return what each feature adds to the log-odds: the classifier's entries.

        Raises
        ------
        ValueError
            Where the classifier cannot compute contributions.
        """
        return inner_contributions(self.classifier, x)

    def __getstate__(self) -> dict[str, Any]:
        return {"classifier": self.classifier}

    def __setstate__(self, state: Any) -> None:
        made = WithFeatures(entries(state, "classifier")["classifier"])
        vars(self).update(vars(made))
