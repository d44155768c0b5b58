"""Logistic regression of any number of classes that needs no scaler, no encoder and no learning rate.

This module has the parameters, data frames and contributions; the kernels have the arithmetic. The effect of sampling
arrives as an offset for each class.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from river import base
from river.utils import dataframe

from streamimb._kernels.batch import checked_events
from streamimb._kernels.saved import entries, refused
from streamimb._kernels.softmax import Softmax
from streamimb.batches import frame_of, labels_of, rows_of, weights_of
from streamimb.linear_model.options import checked_hash_bits, checked_hash_seed, checked_rates
from streamimb.losses.options import checked_loss
from streamimb.parameters import Part
from streamimb.protocols import Loss
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior

PARAMETERS = ("learning_rates", "hash_bits", "hash_seed", "prior", "loss")


class SoftmaxRegression(Softmax, Part, base.MiniBatchClassifier):  # type: ignore[misc]  # no **kwargs: none is dropped
    r"""Softmax regression on raw features, anchored on live class priors, several learning rates mixed.

    $$p_k(x) = \sum_r v_r\,\frac{m_k \exp g_{rk}(x)}{\sum_l m_l \exp g_{rl}(x)}, \qquad
    g_{rk}(x) = b_{rk} + \sum_j w_{rkj} z_j$$

    Features are read as by `LogisticRegression`: numbers are standardised and softly clipped, strings hashed, missing
    numbers have indicators. With the error $e_{rk} = 1[k = y] - p_{rk}$, per class and coordinate $G_{kj}$ sums the
    mean of $e_{rk}^2 z_j^2$ over the rates r, and a step is $\alpha_r e_{rk} z_j / (0.1 + \sqrt{G_{kj}})$; the mixture
    $v$ follows the rate that predicts best (fixed share $10^{-4}$). An example of weight $w$ is an explicit step up to
    weight 1 and the limit of small repeated steps for the rest, followed numerically. A new class may come at any time:
    its weights start at 0 and its prior counts from then on. Until a label other than True and False comes, the classes
    are these two.

    **Cost**: one reading of the dict, O(features of the event x classes) time. For R rates and K classes
    (R + 1) K floats for each number, gap and learned string, and from the first string on 4 bytes for each of the
    $2^{bits}$ slots.

    Parameters
    ----------
    learning_rates
        Step sizes $\alpha_r$ above 0, at most $10^6$, any number of them.
    hash_bits
        Strings are hashed to 2^hash_bits slots, 1 to 28.
    hash_seed
        Changes the slots of strings, 0 or more; equal seeds give equal slots in every process.
    prior
        P(True) to start from, in (0, 1), where the classes are True and False. Or a `stats.ClassPrior` whose
        parameters are taken, not what it has counted.
    loss
        What is learned by in place of the cross-entropy: one of `streamimb.losses`. Probabilities stay probabilities,
        unless the loss needs a calibrator; `scores_one` has the score of the loss as `raw`. None: the
        cross-entropy.

    Raises
    ------
    ValueError
        For a parameter out of range; for `w` negative or not finite; for a label that is neither str, int nor bool,
        and for one that would be class 1,001.
    TypeError
        For a feature that is neither number, string, bool nor None; nothing is learned of that event.

    Examples
    --------
    >>> from streamimb import linear_model
    >>> model = linear_model.SoftmaxRegression()
    >>> for i in range(1000):
    ...     model.learn_one({"size": float(i % 50)}, "small" if i % 50 < 20 else "mid" if i % 50 < 45 else "large")
    >>> p = model.predict_proba_one({"size": 48.0})
    >>> round(p["large"], 2), round(sum(p.values()), 9)
    (0.76, 1.0)

    References
    ----------
    Duchi, Hazan, Singer (2011), Adaptive subgradient methods, JMLR 12; Herbster, Warmuth (1998), Tracking
    the best expert, doi:10.1023/A:1007424614876; offsets after Menon et al. (2021), Long-tail learning via logit
    adjustment, arXiv:2007.07314. One G for several rates is ours.
    """

    def __init__(
        self,
        learning_rates: tuple[float, ...] = (0.05, 0.2, 0.8),
        hash_bits: int = 18,
        hash_seed: int = 0,
        prior: float | ClassPrior = 0.05,
        loss: Loss | None = None,
    ) -> None:
        self.learning_rates = checked_rates(learning_rates)
        self.hash_bits, self.hash_seed = checked_hash_bits(hash_bits), checked_hash_seed(hash_seed)
        self.prior = prior
        self.loss = checked_loss(loss)
        super().__init__(begin_prior(prior), self.learning_rates, self.hash_bits, self.hash_seed, loss)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"learning_rates": (0.2,)}

    @property
    def _multiclass(self) -> bool:
        return True

    @property
    def _raw_memory_usage(self) -> int:
        return self.memory_bytes()

    def __getstate__(self) -> dict[str, Any]:
        # By name: when interpreted, vars(self) has the kernel's fields too.
        params = {name: getattr(self, name) for name in PARAMETERS}
        return {"kernel": super().__getstate__(), "params": params}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "kernel", "params")
        params = entries(saved["params"], *PARAMETERS)
        kernel = entries(saved["kernel"], "prior", "reader", "moments", "weights", "share")
        SoftmaxRegression(**params)  # refuses what no constructor takes
        if not isinstance(kernel["prior"], ClassPrior):
            raise refused("prior", "a ClassPrior")
        super().__setstate__({**kernel, "loss": params["loss"]})
        self.__dict__.update(params)

    def contributions_one(
        self, x: Mapping[Any, Any], offsets: Mapping[Any, float] | None = None
    ) -> dict[Any, dict[Any, float]]:
        r"""What each feature adds to the log of the probability of each class.

        Feature $j$ adds $\sum_r v_r w_{rkj} z_j$ to class k (a missing number: its indicator). Three more rows of each
        class: the `"(intercept)"`; the `"(anchor)"`, $\log m_k$, or the offset where `offsets` are given; and the
        `"(rest)"`, by which the log of the mixed and normalised probability differs from their sum. `math.fsum` of the
        rows of a class is the log of its probability.

        **Cost**: K predictions.

        Examples
        --------
        >>> import math
        >>> from streamimb import linear_model
        >>> model = linear_model.SoftmaxRegression()
        >>> for i in range(100):
        ...     model.learn_one({"a": float(i)}, "low" if i < 60 else "high")
        >>> rows = model.contributions_one({"a": 99.0})["high"]
        >>> abs(math.fsum(rows.values()) - math.log(model.predict_proba_one({"a": 99.0})["high"])) < 1e-12
        True
        """
        anchors = self.anchors_one() if offsets is None else dict(offsets)
        said = self.predict_offsets_one(x, anchors)
        contributions = {}
        for label, p in said.items():
            rows: dict[Any, float] = {}
            # A field of numbers with a string value has two rows: the indicator and the string.
            for name, value in (*self.parts_one(x, label), ("(anchor)", anchors[label])):
                row = "(intercept)" if name is None else name
                rows[row] = rows.get(row, 0.0) + value
            served = math.log(max(1e-300, p))
            rows["(rest)"] = math.fsum([served, *(-value for value in rows.values())])  # rounded once
            contributions[label] = rows
        return contributions

    def learn_many(self, X: Any, y: Any, w: Any = None) -> None:
        """Learn as a loop of `learn_one` over the rows does, to the last bit.

        Parameters
        ----------
        X
            A 2-D numpy array (its columns are the features 0, 1, …), a list or tuple of dicts, or any eager frame
            narwhals knows; null and NaN are missing.
        y
            One label per row, each of type str, int or bool.
        w
            One weight per row, or None for 1.

        Raises
        ------
        TypeError
            For an X, y or w of another kind, a lazy frame and a row that is no dict among them. For a feature that
            is neither number, string, bool nor None: the rows before it are learned, as in the loop.
        ValueError
            For what does not fit: dimensions, lengths, names that come twice, labels, weights. All of these are
            checked before the first row is learned.
        """
        weights = None if w is None else weights_of(w)
        names, matrix, events = (None, None, X) if isinstance(X, list) else rows_of(X)
        if matrix is None:
            self.learn_events(events, list(labels_of(y)), weights)
        else:
            self.learn_rows(names, matrix, list(labels_of(y)), weights)

    def predict_proba_many(self, X: Any) -> Any:
        """The probability of each class for every row, by the model as it is.

        A numpy array gives an array of a column per class in the order of `classes` (False and True while there are no
        others), a list of dicts a list of dicts, and a frame a frame of its kind with a column per class.
        """
        said = self._many(X)
        if isinstance(X, (list, tuple)):
            return said
        columns = {label: np.array([p[label] for p in said]) for label in self.anchors_one()}
        if isinstance(X, np.ndarray):
            return np.column_stack(list(columns.values()))
        return dataframe.to_native_frame(columns, like=frame_of(X))

    def predict_many(self, X: Any) -> Any:
        """The most probable class, row by row.

        A numpy array gives an array, a list of dicts a list of labels, a frame a series of its kind.
        """
        labels = [max(p, key=p.__getitem__) for p in self._many(X)]
        if isinstance(X, (list, tuple)):
            return labels
        if isinstance(X, np.ndarray):
            return np.array(labels)
        return dataframe.to_native_series(np.array(labels), name="y", like=frame_of(X))

    def _many(self, X: Any) -> list[dict[Any, float]]:
        names, matrix, events = (None, None, X) if isinstance(X, list) else rows_of(X)
        if matrix is None:
            return [self.predict_proba_one(x) for x in checked_events(events)]
        return self.predict_rows(names, matrix)
