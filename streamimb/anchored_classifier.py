"""What the classifiers over an anchored learner have in common: parameters in states, decisions, batches."""

from typing import Any, ClassVar

import numpy as np
from river import base
from river.utils import dataframe

from streamimb._kernels.anchored_learner import AnchoredLearner
from streamimb.batches import Matrix, frame_of, labels_of, rows_of, weights_of
from streamimb.parameters import Part


class AnchoredClassifier(AnchoredLearner, Part, base.MiniBatchClassifier):  # type: ignore[misc]  # no **kwargs: none is dropped
    """Abstract: a final class has the parameters, and its kernel as a second parent."""

    _parameters: ClassVar[tuple[str, ...]]

    def __getstate__(self) -> dict[str, Any]:
        # By name: when interpreted, vars(self) has the kernel's fields too.
        params = {name: getattr(self, name) for name in self._parameters}
        return {"kernel": super().__getstate__(), "params": params}

    def predict_one(self, x: Any, offset: float | None = None) -> bool:  # type: ignore[override]  # as above
        """Whether P(True) > 1/2."""
        return bool(self.predict_proba_one(x, offset)[True] > 0.5)

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
