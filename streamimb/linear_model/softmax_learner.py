"""What the softmax learners of feature dicts have in common: batches, contributions and states; kernels compute."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from river import base

from streamimb._kernels.batch import checked_events
from streamimb._kernels.saved import alike, entries, refused
from streamimb._kernels.softmax import Softmax
from streamimb.batches import columns_like, labels_like, labels_of, rows_of, weights_of
from streamimb.parameters import Part
from streamimb.stats import ClassPrior


class SoftmaxLearner(Softmax, Part, base.MiniBatchClassifier):  # type: ignore[misc]  # no **kwargs: an unknown keyword is refused
    """Abstract: a final class has the parameters, and says whether its experts have a basis."""

    _parameters: ClassVar[tuple[str, ...]]
    _additive: ClassVar[bool]

    @property
    def _multiclass(self) -> bool:
        return True

    @property
    def _raw_memory_usage(self) -> int:
        return self.memory_bytes()

    def __getstate__(self) -> dict[str, Any]:
        # By name: when interpreted, vars(self) has the kernel's fields too.
        params = {name: getattr(self, name) for name in self._parameters}
        return {"kernel": super().__getstate__(), "params": params}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "kernel", "params")
        params = entries(saved["params"], *self._parameters)
        kernel = entries(saved["kernel"], "prior", "reader", "moments", "weights", "additive", "share")
        made = Softmax.__getstate__(type(self)(**params))  # refuses what no constructor takes
        alike(kernel["weights"], made["weights"], "alpha")
        alike(kernel["weights"].get("blocks"), made["weights"]["blocks"], "bits")
        if not isinstance(kernel["prior"], ClassPrior):
            raise refused("prior", "a ClassPrior")
        if (kernel["additive"] is not None) is not self._additive:
            raise refused("additive", "the kinds of experts that this learner has")
        super().__setstate__({**params, **kernel})
        self.__dict__.update(params)

    def contributions_one(
        self, x: Mapping[Any, Any], offsets: Mapping[Any, float] | None = None
    ) -> dict[Any, dict[Any, float]]:
        r"""What each feature adds to the log of the probability of each class.

        Feature $j$ adds $\sum_r v_r w_{rkj} z_j$ to class k (a missing number: its indicator); a pair of fields that
        act together has a row of its own, `"a*b"`. Three more rows of each class: the `"(intercept)"`; the
        `"(anchor)"`, $\log m_k$, or the offset where `offsets` are given; and the `"(rest)"`, by which the log of the
        mixed and normalised probability differs from their sum. `math.fsum` of the rows of a class is the log of its
        probability.

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
            (_, intercept), *parts = self.parts_one(x, label)
            rows: dict[Any, float] = {"(intercept)": intercept}
            # A field of numbers with a string value has two rows: the indicator and the string.
            for name, value in (*parts, ("(anchor)", anchors[label])):
                rows[name] = rows.get(name, 0.0) + value
            served = math.log(max(1e-300, p))
            rest = math.fsum([served, *(-value for value in rows.values())])  # rounded once
            rows["(rest)"] = rows.get("(rest)", 0.0) + rest  # a field may have this name too
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

        Raises
        ------
        ValueError
            For a frame whose columns are named by strings, where two classes have the same name, such as 2 and "2".
        """
        said = self._many(X)
        if isinstance(X, (list, tuple)):
            return said
        columns = {label: np.array([p[label] for p in said]) for label in self.anchors_one()}
        if isinstance(X, np.ndarray):
            return np.column_stack(list(columns.values()))
        return columns_like(X, columns)

    def predict_many(self, X: Any) -> Any:
        """The most probable class, row by row.

        A numpy array gives an array, a list of dicts a list of labels, a frame a series of its kind. Where the types
        of the classes differ, arrays and series are of objects.

        Raises
        ------
        ValueError
            For a frame other than pandas, where the types of the classes differ.
        """
        labels = [max(p, key=p.__getitem__) for p in self._many(X)]
        if isinstance(X, (list, tuple)):
            return labels
        return labels_like(X, labels, list(self.anchors_one()))

    def _many(self, X: Any) -> list[dict[Any, float]]:
        names, matrix, events = (None, None, X) if isinstance(X, list) else rows_of(X)
        if matrix is None:
            return [self.predict_proba_one(x) for x in checked_events(events)]
        return self.predict_rows(names, matrix)
