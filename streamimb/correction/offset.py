"""The offset route: the learner explains what the prior and the sampler do not.

Knows an `OffsetLearner`; never the sampler.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from streamimb.correction.anchor import Anchor, check_anchor
from streamimb.correction.answer import probability
from streamimb.correction.odds import shifted
from streamimb.parameters import Part
from streamimb.protocols import Features, OffsetLearner, Proba
from streamimb.stats import ClassPrior


class Offset(Part):
    r"""Train on $g(x) + \operatorname{logit} m + \text{shift}(x)$, serve $\sigma(g(x) + \operatorname{logit} m)$.

    **Cost**: two float additions beside the learner's walk.

    Parameters
    ----------
    anchor
        Where $m$ comes from.

    Raises
    ------
    ValueError
        For what is no anchor; for a class that is neither True nor False.

    References
    ----------
    Wang, Zhang, Wang (2021), Nonuniform negative sampling and log odds correction with rare events data,
    arXiv:2110.13048; the live anchor is ours.
    """

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = check_anchor(anchor)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"anchor": ClassPrior()}

    def pilot_one(self, learner: OffsetLearner, x: Features) -> float:
        """The corrected probability: rates hang on what is true."""
        return probability(learner.predict_offset_one(x, self.anchor.logit))

    def correct_one(self, p: float, shift: float) -> float:
        """The pilot is corrected already."""
        return p

    def raw_one(self, p: float, shift: float) -> float:
        """The pilot with the shift in it."""
        return shifted(p, shift)

    def learn_one(
        self,
        learner: OffsetLearner,
        x: Features,
        y: bool,
        shift: float,
        rate: float,
        w: float,
        copies: float,
        more: Mapping[str, Any],
    ) -> None:
        """Every event teaches moments and mixture; a step is taken for the copies.

        Before the first False no step is taken: True labels alone cannot tell one event from another.
        """
        anchor = self.anchor
        if y and not anchor.knows_bool(False):
            copies = 0.0
        learner.learn_offset_one(x, y, anchor.logit, shift, w, copies)
        anchor.update(y, w)

    def correct_classes(self, p: Proba, rates: Proba) -> dict[Any, float]:
        """An `OffsetLearner` knows two classes."""
        raise ValueError(CLASSES)

    def learn_class(
        self,
        learner: OffsetLearner,
        x: Features,
        y: Any,
        rates: Mapping[Any, float],
        w: float,
        copies: float,
        more: Mapping[str, Any],
    ) -> None:
        """An `OffsetLearner` knows two classes."""
        raise ValueError(CLASSES)


CLASSES = (
    "the labels are not True and False, which is all this learner knows: "
    "put multiclass.OneVsRestClassifier(SampledClassifier(...)) around it, or map the rare class to True"
)
