"""The additive learner: the effect of each number may be any curve, mixed with a linear learner.

The effect of sampling arrives as an offset.
"""

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from streamimb._kernels import limits
from streamimb.linear_model.curve_plot import drawn
from streamimb.linear_model.logistic_learner import LogisticLearner
from streamimb.linear_model.options import (
    checked_basis_fields,
    checked_hash_bits,
    checked_hash_seed,
    checked_interactions,
    checked_rates,
    fields_of,
)
from streamimb.losses.options import checked_binary_loss
from streamimb.protocols import Loss
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior


class LogisticGAM(LogisticLearner):
    r"""Generalised additive model on raw features, mixed with logistic regression, anchored on a live class prior.

    $$p(x) = \sum_k v_k\,\sigma(g_k(x) + \operatorname{logit} m), \qquad
    g_k(x) = b_k + \sum_j f_{kj}(x_j)$$

    Half of the experts $k$ are those of `LogisticRegression`, $f_{kj}(x) = w_{kj} z_j$, one for each learning rate.
    The others add curves: with $z$ the standardised number, the part of $|z|$ beyond 3; a piecewise linear function of
    $\operatorname{asinh} z$ with 64 knots at steps of .5; and a step function with up to 33 intervals, whose edges are
    half quantiles of the positives, half of the negatives, from reservoirs of 2,000 values of each class and field.
    Edges are renewed after 200 labelled events, then whenever these have grown by a factor of 2.5. AdaGrad as in
    `LogisticRegression`, with $1 + \sqrt{G}$ in place of $0.1 + \sqrt{G}$ for the curves. Strings and missing values
    are those of `LogisticRegression` in all experts.

    `interactions` adds to the additive experts an effect of two fields together, $f_{kij}(x_i, x_j)$: a weight for
    each cell of a grid. A number has up to 6 levels, groups of its intervals of equal size; each string is a level.
    Cells are hashed to $2^{bits}$ slots, apart from those of strings, and take steps of .3 times those of a curve,
    because an event is in a cell of every pair. An event that lacks one of the two fields, or has a number without a
    curve, is in no cell of the pair. In `contributions_one` a pair has a row of its own, `"a*b"`.

    Where the truth is linear, the mixture costs about .001 of normalised entropy; where it is not, as in fraud and
    credit risk, the curves gain .05 to .2 (docs/learners.md).

    **Cost**: about three times a `LogisticRegression`: one reading of the dict, three or four coordinates of a number
    beside its linear one. 36 kB for each number with curves, at most `max_basis_fields` of them, beside the memory of
    two `LogisticRegression`. About .02 µs more for each pair, predicted and learned, so 2.4 µs for 120; and 4 floats
    (at three rates) for each of the $2^{bits}$ cells: 8 MiB at 18 bits.

    Parameters
    ----------
    learning_rates
        Step sizes $\alpha_k$ above 0, at most $10^6$, any number of them; each has a linear and an additive expert.
    hash_bits
        Strings are hashed to 2^hash_bits slots, 1 to 28.
    hash_seed
        Changes the slots of strings, 0 or more; equal seeds give equal slots in every process.
    prior
        P(True) to start from, in (0, 1): served until the first negative came; then it counts as one label. Or a
        `stats.ClassPrior` whose parameters are taken, not what it has counted.
    max_basis_fields
        At most so many numbers have curves, 1 to 65,536: first those that come first, then those that are present in
        most labelled events. The others stay linear.
    loss
        The loss that replaces cross-entropy: one of `streamimb.losses`. P(True) stays a probability, and
        `scores_one` has the score of the loss as `raw`. None: the cross-entropy.
    interactions
        None: no pairs; a list of 1 to 1,000 pairs of names of fields, such as `[("amount", "country")]`; or "pairs":
        all pairs of at most 16 fields (120 pairs), at first those that come first, then those that are present in most
        labelled events, chosen anew when edges are renewed.

    Raises
    ------
    ValueError
        For a parameter out of range; for `w` negative or not finite; for a label that is not True, False,
        1 or 0.
    TypeError
        For a feature that is neither number, string, bool nor None; nothing is learned of that event.

    Examples
    --------
    >>> import random
    >>> from streamimb import linear_model
    >>> rng, model = random.Random(1), linear_model.LogisticGAM()
    >>> for _ in range(20_000):
    ...     hour = rng.uniform(0.0, 24.0)
    ...     model.learn_one({"hour": hour}, rng.random() < (0.3 if 2.0 < hour < 5.0 else 0.02))
    >>> [round(model.predict_proba_one({"hour": hour})[True], 2) for hour in (1.0, 3.5, 12.0)]
    [0.03, 0.31, 0.02]

    References
    ----------
    Hastie, Tibshirani (1986), Generalized additive models, doi:10.1214/ss/1177013604; Duchi, Hazan, Singer (2011),
    Adaptive subgradient methods, JMLR 12; Herbster, Warmuth (1998), Tracking the best expert,
    doi:10.1023/A:1007424614876.
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
        self.loss = checked_binary_loss(loss)
        self.interactions = checked_interactions(interactions)
        super().__init__(
            begin_prior(prior),
            self.learning_rates,
            self.hash_bits,
            self.hash_seed,
            self.max_basis_fields,
            loss,
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
        """Bytes by which the state may grow beyond that of its names: reservoirs fill slowly where a class is rare."""
        coordinates = limits.BASIS_COORDINATES * (
            len(self.learning_rates) + 3
        )  # rates in groups of three, and G
        cells = (8 * (len(self.learning_rates) + 4)) << self.hash_bits  # and the number of the cell
        return (
            self.max_basis_fields * 8 * (2 * 2_000 + coordinates)
            + 4_096
            + (0 if self.interactions is None else cells)
        )

    def shape_one(self, field: Any) -> list[tuple[float, float, float]]:
        """Return the learned curve of a number: what it adds to the log-odds, value by value.

        Each entry is (value, log-odds, support): the value, what `contributions_one` would give for it, and about how
        many labelled events had a value nearest to it. The values are the edges of the step function, the lowest and
        the highest value of the reservoirs, in ascending order, at most 34.

        **Cost**: one prediction for each value, and sorting the reservoirs (about 1 ms).

        Raises
        ------
        LookupError
            Where the field is no number, is unknown, or has no curve yet: before 200 labelled events, or beyond
            `max_basis_fields`. For a pair, which has no curve: `contributions_one({"a": 1.0, "b": 2.0})["a*b"]` is
            what it adds at two values.

        Examples
        --------
        >>> import random
        >>> from streamimb import linear_model
        >>> rng, model = random.Random(1), linear_model.LogisticGAM()
        >>> for _ in range(5_000):
        ...     hour = rng.uniform(0.0, 24.0)
        ...     model.learn_one({"hour": hour}, rng.random() < (0.3 if 2.0 < hour < 5.0 else 0.02))
        >>> shape = model.shape_one("hour")
        >>> highest = max(shape, key=lambda point: point[1])
        >>> 2.0 < highest[0] < 5.0, round(sum(support for *_, support in shape))
        (True, 5000)
        """
        try:
            grid = self._grid_of(field)
        except LookupError as error:
            raise LookupError(f"field: {field!r} {error}") from error
        return [(value, self._part_of(field, value), support) for value, support in grid]

    def shapes(self) -> dict[Any, list[tuple[float, float, float]]]:
        """Return the curve of every number that has one, as `shape_one` does; numbers that got it first come first.

        **Cost**: that of `shape_one` for each of them.

        Examples
        --------
        >>> from streamimb import linear_model
        >>> model = linear_model.LogisticGAM()
        >>> for i in range(400):
        ...     model.learn_one({"a": float(i % 100), "b": "text"}, i % 100 > 90)
        >>> list(model.shapes())
        ['a']
        """
        return {name: self.shape_one(name) for name in self._curved()}

    def _part_of(self, field: Any, value: float) -> float:
        parts, _ = self.parts_one({field: value})
        return math.fsum(part for name, part in parts[1:] if name == field)  # the first is the intercept

    def plot(self, field: Any, ax: Any = None) -> Any:
        """Draw the curve of a number above its support on matplotlib axes, new ones where none are given; return them.

        Raises
        ------
        ImportError
            matplotlib is not installed: `pip install "streamimb[plot]"`.
        LookupError
            As for `shape_one`.
        """
        return drawn(field, {field: self.shape_one(field)}, "log-odds", ax)
