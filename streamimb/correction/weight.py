"""Inverse-rate weights: a learned event also counts for those not drawn. Used only where configured."""

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import entries, switch
from streamimb.parameters import Part
from streamimb.protocols import Label, Proba


class Weight(Part):
    r"""Give every copy the weight $w / r(x, y)$; serve as learned.

    Unbiased, but with a larger variance than the offset, and unsuitable for Hoeffding trees. Until an event of a
    class other than True has been learned, the class prior is served.

    **Cost**: one division.

    Examples
    --------
    >>> from streamimb import correction
    >>> correction.Weight().give_one(False, 0.1, 1.0, 1.0)
    10.0

    References
    ----------
    Horvitz, Thompson (1952), doi:10.1080/01621459.1952.10483446.
    """

    needs_rates = False
    gives_weights = True

    def __init__(self) -> None:
        self._met_false = False

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}

    def correct_one(self, p: Proba, rates: Proba, prior: Proba) -> dict[Any, float]:
        """Return p, which needs no correction; the prior before a class other than True was learned."""
        return dict(p) if self._met_false else dict(prior)

    def give_one(self, y: Label, rate: float, w: float, copies: float) -> float:
        """Return the weight of each copy."""
        self._met_false = self._met_false or y is not True
        return w / rate

    def __getstate__(self) -> dict[str, Any]:
        return {"met_false": self._met_false}

    def __setstate__(self, state: Any) -> None:
        self._met_false = switch(entries(state, "met_false"), "met_false")
