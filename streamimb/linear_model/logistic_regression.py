"""The default learner: logistic regression that needs no scaler, no encoder and no learning rate.

This module has the parameters, data frames and contributions; the kernels have the arithmetic. The effect of sampling
arrives as an offset.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from river import base
from river.utils import dataframe

from streamimb._kernels.logistic import Logistic
from streamimb._kernels.saved import entries, refused
from streamimb.linear_model.batches import Matrix, frame_of, labels_of, rows_of, weights_of
from streamimb.linear_model.options import checked_hash_bits, checked_hash_seed, checked_rates
from streamimb.parameters import Part
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior

PARAMETERS = ("learning_rates", "hash_bits", "hash_seed", "prior")


class LogisticRegression(Logistic, Part, base.MiniBatchClassifier):  # type: ignore[misc]  # no **kwargs: none is dropped
    r"""Logistic regression on raw features, anchored on a live class prior, several learning rates mixed.

    $$p(x) = \sum_k v_k\,\sigma(g_k(x) + \operatorname{logit} m), \qquad
    g_k(x) = b_k + \sum_j w_{kj} z_j$$

    Numbers (bools are numbers) are standardised with the running moments of all labelled events (in which a value
    of a new size counts as at most $\sqrt{9 + n}$ standard deviations) and clipped softly at 3: beyond it $z$
    becomes $3(1 + \ln|z|/3)$. Strings are hashed (FNV-1a) to one of $2^{bits}$ slots of value 1. A missing number
    (absent, None, NaN, or beyond $10^{15}$) is 0, plus an indicator of its own where it is present in at least half
    of the recent events (counts halve every 1,000). Per coordinate $G_j$ sums squared gradients, one for all rates,
    and a step is $\alpha_k/(0.1 + \sqrt{G_j})$; the mixture $v$ follows the rate that predicts best (fixed share
    $10^{-4}$). An example of weight $w$ is an explicit step up to weight 1 and the exact limit of small repeated
    steps for the rest, so that $w$ means $w$ repeats.

    **Cost**: one reading of the dict, O(features of the event + numbers that are mostly present) time. 13 floats per
    number for three rates, and from the first string on 4 floats for each of the $2^{bits}$ slots (8 MiB at 18
    bits).

    Parameters
    ----------
    learning_rates
        Step sizes $\alpha_k > 0$, any number of them.
    hash_bits
        Strings are hashed to 2^hash_bits slots, 1 to 28.
    hash_seed
        Changes the slots of strings, 0 or more; equal seeds give equal slots in every process.
    prior
        P(True) to start from, in (0, 1): served until labels of both classes came. Or a `stats.ClassPrior` whose
        parameters are taken, not what it has counted.

    Raises
    ------
    ValueError
        For a parameter out of range; for `w` negative or not finite; for a label that is not True, False,
        1 or 0.
    TypeError
        For a feature that is neither number, string, bool nor None; nothing is learned of that event.

    Examples
    --------
    >>> from streamimb import linear_model
    >>> model = linear_model.LogisticRegression()
    >>> for i in range(1000):
    ...     model.learn_one({"amount": float(i % 50), "country": "NO" if i % 3 else "SE"}, i % 50 > 45)
    >>> round(model.predict_proba_one({"amount": 49.0, "country": "NO"})[True], 2)
    0.7

    References
    ----------
    Duchi, Hazan, Singer (2011), Adaptive subgradient methods, JMLR 12; Herbster, Warmuth (1998), Tracking
    the best expert, doi:10.1023/A:1007424614876; weights after Karampatziakis, Langford (2011),
    Online importance weight aware updates, arXiv:1011.1576, here with the exact change of $G$ along the path.
    """

    def __init__(
        self,
        learning_rates: tuple[float, ...] = (0.05, 0.2, 0.8),
        hash_bits: int = 18,
        hash_seed: int = 0,
        prior: float | ClassPrior = 0.05,
    ) -> None:
        self.learning_rates = checked_rates(learning_rates)
        self.hash_bits, self.hash_seed = checked_hash_bits(hash_bits), checked_hash_seed(hash_seed)
        self.prior = prior
        super().__init__(begin_prior(prior), self.learning_rates, self.hash_bits, self.hash_seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"learning_rates": (0.2,)}

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
        LogisticRegression(**params)  # refuses what no constructor takes
        if not isinstance(kernel["prior"], ClassPrior):
            raise refused("prior", "a ClassPrior")
        super().__setstate__(kernel)
        self.__dict__.update(params)

    def predict_one(self, x: Any, offset: float | None = None) -> bool:  # type: ignore[override]  # as above
        """Whether P(True) > 1/2."""
        return bool(self.predict_proba_one(x, offset)[True] > 0.5)

    def contributions_one(self, x: Mapping[Any, Any], offset: float | None = None) -> dict[Any, float]:
        r"""What each feature adds to the served log-odds.

        Feature $j$ adds $\sum_k v_k w_{kj} z_j$ (a missing number: its indicator). Three more rows: the
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
        rows: dict[Any, float] = {}
        for name, value in (*parts, ("(anchor)", anchor)):
            row = "(intercept)" if name is None else name
            rows[row] = rows.get(row, 0.0) + value
        served = math.log(p) - math.log1p(-p)
        rows["(mixture)"] = math.fsum([served, *(-value for value in rows.values())])  # rounded once
        return rows

    def learn_many(self, X: Any, y: Any, w: Any = None) -> None:
        """Learn as a loop of `learn_one` over the rows does, to the last bit.

        Parameters
        ----------
        X
            A 2-D numpy array (its columns are the features 0, 1, …), a list or tuple of dicts, or any eager frame
            narwhals knows; null and NaN are missing.
        y
            One label per row: True, False, 1 or 0.
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
        if isinstance(X, list):
            self.learn_events(X, y if isinstance(y, list) else labels_of(y), weights)
            return
        names, matrix, events = rows_of(X)
        if matrix is None:
            self.learn_events(events, labels_of(y), weights)
        else:
            self.learn_rows(names, matrix, labels_of(y), weights)

    def predict_proba_many(self, X: Any) -> Any:
        """P(False) and P(True) of every row, by the model as it is.

        A numpy array gives an array of shape (rows, 2), a list of dicts a list of dicts {False: p, True: p}; a frame
        gives a frame of its kind (pandas: columns False and True, index kept; others: columns "False" and "True").
        """
        if isinstance(X, (list, tuple)):
            return self.predict_events(X)
        p = self._many(X)
        if isinstance(X, np.ndarray):
            return np.column_stack([1.0 - p, p])
        return dataframe.to_native_frame({False: 1.0 - p, True: p}, like=frame_of(X))

    def predict_many(self, X: Any) -> Any:
        """True where P(True) > 1/2, row by row.

        A numpy array gives an array, a list of dicts a list of bools, a frame a series of its kind.
        """
        if isinstance(X, (list, tuple)):
            return [p[True] > 0.5 for p in self.predict_events(X)]
        labels = self._many(X) > 0.5
        if isinstance(X, np.ndarray):
            return labels
        return dataframe.to_native_series(labels, name="y", like=frame_of(X))

    def _many(self, X: Any) -> Matrix:
        names, matrix, events = rows_of(X)
        if matrix is None:
            return np.array([p[True] for p in self.predict_events(events)], dtype=np.float64)
        out = np.empty(len(matrix))
        self.predict_rows(names, matrix, out)
        return out
