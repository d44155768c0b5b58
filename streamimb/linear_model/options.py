"""The checks of the parameters that the linear learners share."""

from __future__ import annotations

from itertools import chain
from numbers import Integral
from typing import Any

from streamimb._kernels import limits
from streamimb.parameters import checked_seed, numbers, refuse, whole_between


def checked_rates(learning_rates: Any) -> tuple[float, ...]:
    """Return the learning rates; raise ValueError where they are no tuple of numbers above 0, at most 10^6."""
    expected = "a tuple of one or more numbers > 0 and at most 10^6, e.g. (0.2,)"
    return numbers("learning_rates", learning_rates, lambda rate: 0.0 < rate <= limits.LARGEST_RATE, expected)


def checked_hash_bits(hash_bits: Any) -> int:
    """Return the bits of the table of strings; raise ValueError where they are out of range."""
    return whole_between("hash_bits", hash_bits, 1, 28)


def checked_hash_seed(hash_seed: Any) -> int:
    """Return the seed of the hashes; raise ValueError where it is out of range."""
    return checked_seed(hash_seed, "hash_seed")


def checked_basis_fields(max_basis_fields: Any) -> int:
    """Return the most numbers with a basis; raise ValueError where it is out of range."""
    most = limits.MOST_BASIS_FIELDS
    return whole_between("max_basis_fields", max_basis_fields, 1, most)


def checked_interactions(interactions: Any) -> Any:
    """Return None, "pairs", or the list of pairs, each as a tuple of two names of fields.

    Raises
    ------
    ValueError
        For anything else; for a field paired with itself, and a pair that comes twice, in either order.
    """
    if interactions is None:
        return None
    if isinstance(interactions, str) and interactions == "pairs":
        return "pairs"
    expected = 'None, "pairs", or a list of pairs of two names of fields, e.g. [("amount", "country")]'
    if not isinstance(interactions, (list, tuple)) or not 1 <= len(interactions) <= limits.MOST_PAIRS:
        refuse("interactions", interactions, f"{expected}, 1 to {limits.MOST_PAIRS} of them")
    met: set[frozenset[Any]] = set()
    for pair in interactions:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not all(map(_is_name, pair)):
            refuse("interactions", interactions, expected)
        both = frozenset(pair)
        if len(both) == 1:
            refuse("interactions", interactions, f"two different fields in a pair: leave out {tuple(pair)!r}")
        if both in met:
            refuse(
                "interactions",
                interactions,
                f"each pair once, in either order: leave out one {tuple(pair)!r}",
            )
        met.add(both)
    pairs = [(_plain(a), _plain(b)) for a, b in interactions]
    return tuple(pairs) if isinstance(interactions, tuple) else pairs


def fields_of(interactions: Any) -> tuple[Any, ...]:
    """Return the names of the fields of checked `interactions`, each once; none where no pair is listed."""
    listed = () if interactions is None or isinstance(interactions, str) else interactions
    return tuple(dict.fromkeys(chain(*listed)))


def _is_name(name: Any) -> bool:
    """Whether this is a name of a field that a state can hold: a string or a whole number."""
    return isinstance(name, str) or (isinstance(name, Integral) and not isinstance(name, bool))


def _plain(name: Any) -> Any:
    return str.__str__(name) if isinstance(name, str) else int(name)
