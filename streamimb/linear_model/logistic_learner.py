"""What logistic learners share: contributions and saved states. The arithmetic is in the kernels."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from streamimb._kernels.logistic import Logistic
from streamimb._kernels.saved import alike, entries, refused
from streamimb.anchored_classifier import AnchoredClassifier
from streamimb.stats import ClassPrior


class LogisticLearner(AnchoredClassifier, Logistic):  # type: ignore[misc]  # no **kwargs: an unknown keyword is refused
    """Abstract: a final class has the parameters, and says whether its experts have a basis."""

    _additive: ClassVar[bool]

    @property
    def _raw_memory_usage(self) -> int:
        return self.memory_bytes()

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "kernel", "params")
        params = entries(saved["params"], *self._parameters)
        kernel = entries(saved["kernel"], "prior", "reader", "experts")
        made = Logistic.__getstate__(type(self)(**params))  # refuses what no constructor takes
        if not isinstance(kernel["prior"], ClassPrior):
            raise refused("prior", "a ClassPrior")
        if type(kernel["experts"]) is not dict:
            raise refused("experts", "a dict")
        alike(kernel["experts"].get("weights"), made["experts"]["weights"], "alpha", "bits")
        if (kernel["experts"].get("basis") is not None) is not self._additive:
            raise refused("experts", "the kinds of experts that this learner has")
        super().__setstate__({**params, **kernel})
        self.__dict__.update(params)

    def contributions_one(self, x: Mapping[Any, Any], offset: float | None = None) -> dict[Any, float]:
        r"""What each feature adds to the served log-odds.

        Feature $j$ adds $\sum_k v_k w_{kj} z_j$ (a missing number: its indicator); a pair of fields that act together
        has a row of its own, `"a*b"`. Three more rows: the
        `"(intercept)"`, the `"(anchor)"` $\operatorname{logit} m$ or `offset` where one is given, and the
        `"(mixture)"`, by which mixing probabilities differs from mixing log-odds. `math.fsum` of all is the
        served log-odds. For a sampled learner use `contributions_one` of the `SampledClassifier`, which has the
        anchor.

        **Cost**: a prediction and O(known features) more.

        Examples
        --------
        >>> import math
        >>> from streamimb import linear_model
        >>> model = linear_model.LogisticRegression()
        >>> for i in range(100):
        ...     model.learn_one({"a": float(i)}, i > 90)
        >>> p = model.predict_proba_one({"a": 99.0})[True]
        >>> round(math.fsum(model.contributions_one({"a": 99.0}).values()) - math.log(p / (1 - p)), 12)
        0.0
        """
        p = min(1.0 - 1e-16, max(1e-300, self.predict_proba_one(x, offset)[True]))
        parts, anchor = self.parts_one(x)
        anchor = anchor if offset is None else float(offset)
        # A field of numbers with a string value has two rows: the indicator and the string.
        rows: dict[Any, float] = {"(intercept)": parts[0][1]}
        for name, value in (*parts[1:], ("(anchor)", anchor)):
            rows[name] = rows.get(name, 0.0) + value
        served = math.log(p) - math.log1p(-p)
        rest = math.fsum([served, *(-value for value in rows.values())])  # rounded once
        rows["(mixture)"] = rows.get("(mixture)", 0.0) + rest  # a field may have this name too
        return rows
