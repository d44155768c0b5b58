"""A linear head of many classes, served with weights whose norms differ less between classes than they were learned."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from river import base

from streamimb._kernels.saved import entries, labels, row, whole
from streamimb.linear_model.softmax_regression import SoftmaxRegression
from streamimb.parameters import Part, refuse
from streamimb.parameters import number as checked_number
from streamimb.protocols import Features, Label, LinearHead, Proba

EVERY = 100  # labelled events after which the norms are computed anew
LEAST = 1e-300  # a smaller probability counts as this


class NormalizedHead(Part, base.Classifier):
    r"""Serves a linear head with normalised weights: $\tau$-normalisation and MaxNorm.

    $$q_k(x) \propto p_k(x) \exp\big((a_k - 1)\, w_k \cdot z\big), \qquad
    a_k = \frac{c_k}{\lVert w_k \rVert} \Big(\frac{\bar c}{c_k}\Big)^{\tau}, \qquad
    c_k = \min(\lVert w_k \rVert, \delta)$$

    where p is what the head says, $w_k \cdot z$ what its features add to the log-odds of class k, $\delta$ the largest
    norm, and $\bar c$ the geometric mean of the $c_k$. Intercepts and anchor stay as they are. The head learns as it
    does alone, and is not changed. The norms are computed again every 100 labelled events. $\tau = 0$ and
    $\delta = \infty$: the head as it is. With two classes the norms are equal, because one weight is minus the other.

    **Probability.** It needs the calibrator: a rare class that has smaller weights, because it has taught less, is
    served with larger ones. Use `CalibratedClassifier` around it, with `calibration.VectorScaling`.

    **Cost**: that of the head, one call of its `parts_one` for each class (about 5 µs), and with every 100th label a
    pass over all weights.

    Parameters
    ----------
    model
        The head: `linear_model.SoftmaxRegression()`, or another classifier with the methods of `protocols.LinearHead`.
    tau
        $\tau$, 0 to 2; at 1 all norms are the same.
    max_norm
        $\delta$, the largest norm, in log-odds for one standard deviation of every feature, above 0; infinite: none.

    Raises
    ------
    ValueError
        For a parameter out of range, and what the head refuses.

    Examples
    --------
    >>> import random
    >>> from streamimb import linear_model
    >>> rng, model = random.Random(1), linear_model.NormalizedHead(linear_model.SoftmaxRegression())
    >>> for _ in range(3_000):
    ...     y = rng.choices("abc", (90, 9, 1))[0]
    ...     model.learn_one({"size": rng.gauss("abc".index(y), 1.0)}, y)
    >>> model.factors["c"] < 1.0 < model.factors["b"]
    True
    >>> round(sum(model.predict_proba_one({"size": 2.0}).values()), 9)
    1.0

    References
    ----------
    Kang et al. (2020), Decoupling representation and classifier for long-tailed recognition, arXiv:1910.09217;
    Alshammari et al. (2022), Long-tailed recognition via weight balancing, arXiv:2203.14197, which bounds the norms
    while it learns.
    """

    def __init__(self, model: LinearHead, tau: float = 0.5, max_norm: float = math.inf) -> None:
        if isinstance(model, type) or not isinstance(model, LinearHead):
            refuse("model", model, "linear_model.SoftmaxRegression() or another protocols.LinearHead")
        self.model = model
        self.tau = checked_number("tau", tau, lambda power: 0.0 <= power <= 2.0, "a number from 0 to 2")
        if max_norm != math.inf:
            checked_number("max_norm", max_norm, lambda norm: norm > 0.0, "a number above 0, or inf")
        self.max_norm = max_norm
        self._norms: dict[Any, float] = {}
        self._factors: dict[Any, float] = {}
        self._n = 0  # labelled events since the norms were computed

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"model": SoftmaxRegression()}

    @property
    def _multiclass(self) -> bool:
        return True

    @property
    def factors(self) -> dict[Any, float]:
        """What the weights of each class are multiplied by; none before the 100th label."""
        return dict(self._factors)

    def predict_proba_one(self, x: Features) -> dict[Any, float]:  # type: ignore[override]  # no **kwargs
        """Return the probability of each class; it needs a calibrator."""
        return self._scaled(x, self.model.predict_proba_one(x))

    def predict_offsets_one(self, x: Features, offsets: Proba) -> dict[Any, float]:
        """Return P of each class of the offsets, the log-odds of class k anchored at `offsets[k]`."""
        return self._scaled(x, self.model.predict_offsets_one(x, offsets))

    def learn_one(self, x: Features, y: Label, w: float = 1.0) -> None:
        """Let the head learn an event of weight w."""
        self.model.learn_one(x, y, w)
        self._count(w)

    def observe_one(self, x: Features, y: Label, offsets: Proba, w: float = 1.0) -> None:
        """Let the head learn from a labelled event what it learns from every one."""
        self.model.observe_one(x, y, offsets, w)
        self._count(w)

    def step_one(self, x: Features, y: Label, offsets: Proba, w: float = 1.0) -> None:
        """Let the head take a step of weight w."""
        self.model.step_one(x, y, offsets, w)

    def _count(self, w: float) -> None:
        if w > 0.0:
            self._n += 1
            if self._n >= EVERY:
                self._norms, self._n = self.model.norms(), 0
                self._factors = self._factors_of(self._norms)

    def _factors_of(self, norms: dict[Any, float]) -> dict[Any, float]:
        capped = {label: min(norm, self.max_norm) for label, norm in norms.items() if norm > 0.0}
        mean = math.fsum(map(math.log, capped.values())) / max(1, len(capped))
        return {
            label: norm / norms[label] * math.exp(self.tau * (mean - math.log(norm)))
            for label, norm in capped.items()
        }

    def _scaled(self, x: Features, p: Proba) -> dict[Any, float]:
        factors = self._factors
        if all(factors.get(label, 1.0) == 1.0 for label in p):
            return dict(p)
        logs = {}
        for label, q in p.items():
            parts = self.model.parts_one(x, label)
            evidence = math.fsum(value for name, value in parts if name is not None)
            logs[label] = math.log(max(LEAST, q)) + (factors.get(label, 1.0) - 1.0) * evidence
        most = max(logs.values())
        masses = {label: math.exp(log - most) for label, log in logs.items()}
        total = math.fsum(masses.values())
        return {label: mass / total for label, mass in masses.items()}

    def __getstate__(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "tau": self.tau,
            "max_norm": self.max_norm,
            "classes": list(self._norms),
            "norms": list(self._norms.values()),
            "n": self._n,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "model", "tau", "max_norm", "classes", "norms", "n")
        params = {name: saved[name] for name in ("model", "tau", "max_norm")}
        NormalizedHead(**params)  # checks them
        classes = labels(saved, "classes")
        norms = row(saved, "norms", len(classes), 0.0)
        n = whole(saved, "n", 0, EVERY - 1)
        vars(self).update(params, _norms=dict(zip(classes, norms, strict=True)), _n=n)
        self._factors = self._factors_of(self._norms)
