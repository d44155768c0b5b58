"""The additive learner of any number of classes: the effect of each number on each class may be any curve.

The effect of sampling arrives as an offset for each class.
"""

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from streamimb._kernels import limits
from streamimb.linear_model.curve_plot import drawn
from streamimb.linear_model.options import (
    checked_basis_fields,
    checked_hash_bits,
    checked_hash_seed,
    checked_interactions,
    checked_rates,
    fields_of,
)
from streamimb.linear_model.softmax_learner import SoftmaxLearner
from streamimb.losses.options import checked_loss
from streamimb.protocols import Loss
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior


class SoftmaxGAM(SoftmaxLearner):
    r"""Generalised additive model of any number of classes, mixed with softmax regression, anchored on live priors.

    $$p_k(x) = \sum_e v_e\,\frac{m_k \exp g_{ek}(x)}{\sum_l m_l \exp g_{el}(x)}, \qquad
    g_{ek}(x) = b_{ek} + \sum_j f_{ekj}(x_j)$$

    Half of the experts $e$ are those of `SoftmaxRegression`, $f_{ekj}(x) = w_{ekj} z_j$, one for each learning rate.
    The others add curves of each number for each class, with the coordinates of `LogisticGAM`: the part of $|z|$
    beyond 3, a piecewise linear function of $\operatorname{asinh} z$, and a step function whose edges are 16
    quantiles of each group of classes, up to 129 intervals, from reservoirs of 500 values for each number and group:
    each of the first eight classes is a group, and a later one joins the group with the fewest labels. Edges are
    computed anew after 200, 500, 1,250, ... labelled events, and when a group has its first 21 labels or four times as
    many as the last time, so that a class that comes late has edges soon. AdaGrad as in `SoftmaxRegression`, with
    $1 + \sqrt{G}$ in place of $0.1 + \sqrt{G}$ for the curves.

    `interactions` adds to the additive experts an effect of two fields together on each class, as in `LogisticGAM`: a
    weight for each class and each pair of levels, where a number has up to 6 levels and each string is one.

    The mixture $v$ has two levels, and follows the experts that were right when the event was served: the memo of
    `scores_one` has what each of them said of each class. A new class may come at any time: its weights start at 0.

    One `LogisticGAM` for each class (`river.multiclass.OneVsRestClassifier`) may be more accurate, at K times the cost.
    Of ten classes, one of them in one hour of 24, log loss above the truth is .034 where that has .012; of ten with a
    band for each, .084 and .079.

    **Cost**: about twice a `SoftmaxRegression`: 5.8 µs in place of 2.9 to predict and learn an event of 15 numbers and
    five classes, 8.5 in place of 3.7 at 30 numbers. For R rates and K classes 8 (R + 1) K bytes for each coordinate
    that an event had, at most 194 of a number, beside 33 kB: some 60 kB a number with five classes and three rates, of
    at most `max_basis_fields` numbers. A memo has 1 + (2 R + 2) K floats.

    Parameters
    ----------
    learning_rates
        Step sizes $\alpha_r$ above 0, at most $10^6$, any number of them; each has a linear and an additive expert.
    hash_bits
        Strings are hashed to 2^hash_bits slots, 1 to 28.
    hash_seed
        Changes the slots of strings, 0 or more; equal seeds give equal slots in every process.
    prior
        P(True) to start from, in (0, 1), where the classes are True and False. Or a `stats.ClassPrior` whose
        parameters are taken, not what it has counted.
    max_basis_fields
        At most so many numbers have curves, 1 to 65,536: first those that come first, then those that are present in
        most labelled events. The others stay linear.
    loss
        The loss that replaces cross-entropy: one of `streamimb.losses`. Probabilities stay probabilities,
        unless the loss needs a calibrator; `scores_one` has the score of the loss as `raw`. None: the cross-entropy.
    interactions
        None: no pairs; a list of 1 to 1,000 pairs of names of fields, such as `[("amount", "country")]`; or "pairs":
        all pairs of at most 16 fields (120 pairs), at first those that come first, then those that are present in most
        labelled events, chosen anew when edges are renewed. Cells are hashed to 2^hash_bits slots; one that an event
        was in takes 8 (R + 1) K bytes.

    Raises
    ------
    ValueError
        For a parameter out of range; for `w` negative or not finite; for a label that is neither str, int nor bool,
        and for one that would be class 1,001.
    TypeError
        For a feature that is neither number, string, bool nor None; nothing is learned of that event.

    Examples
    --------
    >>> import random
    >>> from streamimb import linear_model
    >>> rng, model = random.Random(1), linear_model.SoftmaxGAM()
    >>> for _ in range(5_000):
    ...     hour = rng.uniform(0.0, 24.0)
    ...     y = "night" if 2.0 < hour < 5.0 else "day" if 9.0 < hour < 17.0 else "other"
    ...     model.learn_one({"hour": hour}, y)
    >>> [max(p, key=p.get) for p in (model.predict_proba_one({"hour": hour}) for hour in (3.5, 7.0, 12.0, 20.0))]
    ['night', 'other', 'day', 'other']

    References
    ----------
    Hastie, Tibshirani (1986), Generalized additive models, doi:10.1214/ss/1177013604; Duchi, Hazan, Singer (2011),
    Adaptive subgradient methods, JMLR 12; Herbster, Warmuth (1998), Tracking the best expert,
    doi:10.1023/A:1007424614876. One basis and one mixture for all classes are ours.
    """

    _parameters: ClassVar = (
        "learning_rates",
        "hash_bits",
        "hash_seed",
        "prior",
        "max_basis_fields",
        "loss",
        "interactions",
    )
    _additive: ClassVar = True

    def __init__(
        self,
        learning_rates: tuple[float, ...] = (0.05, 0.2, 0.8),
        hash_bits: int = 18,
        hash_seed: int = 0,
        prior: float | ClassPrior = 0.05,
        max_basis_fields: int = 256,
        loss: Loss | None = None,
        interactions: str | list[tuple[Any, Any]] | tuple[tuple[Any, Any], ...] | None = None,
    ) -> None:
        self.learning_rates = checked_rates(learning_rates)
        self.hash_bits, self.hash_seed = checked_hash_bits(hash_bits), checked_hash_seed(hash_seed)
        self.prior = prior
        self.max_basis_fields = checked_basis_fields(max_basis_fields)
        self.loss = checked_loss(loss)
        self.interactions = checked_interactions(interactions)
        super().__init__(
            begin_prior(prior),
            self.learning_rates,
            self.hash_bits,
            self.hash_seed,
            loss,
            self.max_basis_fields,
            self.interactions,
        )

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"learning_rates": (0.2,), "max_basis_fields": 2, "interactions": "pairs"}

    @property
    def fields_read(self) -> tuple[Any, ...]:
        """Names of the fields of the listed `interactions`, each once; an event that lacks one is in no cell of it."""
        return fields_of(self.interactions)

    @property
    def memory_budget_bytes(self) -> int:
        """Bytes by which the state may grow beyond that of its names, with the classes learned so far."""
        a_coordinate = 8 * (len(self.learning_rates) + 1) * max(2, len(self.classes))
        a_number = 8 * (4_000 + limits.CLASS_BASIS_COORDINATES) + limits.CLASS_BASIS_COORDINATES * (
            8 + a_coordinate
        )
        cells = (12 + a_coordinate) << self.hash_bits  # and the number and the block of the cell
        return self.max_basis_fields * a_number + 4_096 + (0 if self.interactions is None else cells)

    def shape_one(self, field: Any) -> dict[Any, list[tuple[float, float, float]]]:
        """Return the learned curve of a number for each class: what it adds to the log of the mass of the class.

        Each entry of a curve is (value, log-mass, support): the value, what `contributions_one` would give for it in
        the rows of the class, and about how many labelled events of all classes had a value nearest to it. The values
        are chosen as those of `LogisticGAM.shape_one`, at most 130, and the same for all classes. Only differences
        between the curves of two classes change probabilities.

        **Cost**: one prediction for each value and class, and sorting the reservoirs (about 1 ms).

        Raises
        ------
        LookupError
            Where the field is no number, is unknown, or has no curve yet: before 200 labelled events, or beyond
            `max_basis_fields`. For a pair, which has no curve: `contributions_one({"a": 1.0, "b": 2.0})` has what it
            adds at two values in the rows `"a*b"`.

        Examples
        --------
        >>> import random
        >>> from streamimb import linear_model
        >>> rng, model = random.Random(1), linear_model.SoftmaxGAM()
        >>> for _ in range(5_000):
        ...     hour = rng.uniform(0.0, 24.0)
        ...     model.learn_one({"hour": hour}, "night" if 2.0 < hour < 5.0 else "day")
        >>> night = model.shape_one("hour")["night"]
        >>> 2.0 < max(night, key=lambda point: point[1])[0] < 5.0
        True
        """
        try:
            grid = self._grid_of(field)
        except LookupError as error:
            raise LookupError(f"field: {field!r} {error}") from error
        return {
            label: [(value, self._part_of(field, value, label), support) for value, support in grid]
            for label in self.classes
        }

    def shapes(self) -> dict[Any, dict[Any, list[tuple[float, float, float]]]]:
        """Return the curves of every number that has them, as `shape_one` does; numbers that got them first come first.

        **Cost**: that of `shape_one` for each of them.

        Examples
        --------
        >>> from streamimb import linear_model
        >>> model = linear_model.SoftmaxGAM()
        >>> for i in range(400):
        ...     model.learn_one({"a": float(i % 100), "b": "text"}, "rare" if i % 100 > 90 else "common")
        >>> {field: sorted(curves) for field, curves in model.shapes().items()}
        {'a': ['common', 'rare']}
        """
        return {name: self.shape_one(name) for name in self._curved()}

    def _part_of(self, field: Any, value: float, label: Any) -> float:
        parts = self.parts_one({field: value}, label)
        return math.fsum(part for name, part in parts[1:] if name == field)  # the first is the intercept

    def plot(self, field: Any, ax: Any = None) -> Any:
        """Draw the curves of a number for all classes on matplotlib axes, new ones where none are given; return them.

        Raises
        ------
        ImportError
            matplotlib is not installed: `pip install "streamimb[plot]"`.
        LookupError
            As for `shape_one`.
        """
        return drawn(field, self.shape_one(field), "log-mass", ax)
