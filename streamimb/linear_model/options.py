"""The checks of the parameters that the linear learners share."""

from __future__ import annotations

from typing import Any

from streamimb._kernels import limits
from streamimb.parameters import numbers, whole


def checked_rates(learning_rates: Any) -> tuple[float, ...]:
    """Return the learning rates; raise ValueError where they are no tuple of numbers above 0, at most 10^6."""
    expected = "a tuple of one or more numbers > 0 and at most 10^6, e.g. (0.2,)"
    return numbers("learning_rates", learning_rates, lambda rate: 0.0 < rate <= limits.LARGEST_RATE, expected)


def checked_hash_bits(hash_bits: Any) -> int:
    """Return the bits of the table of strings; raise ValueError where they are out of range."""
    return whole("hash_bits", hash_bits, lambda bits: 1 <= bits <= 28, "a whole number from 1 to 28")


def checked_hash_seed(hash_seed: Any) -> int:
    """Return the seed of the hashes; raise ValueError where it is out of range."""
    return whole("hash_seed", hash_seed, lambda seed: 0 <= seed < 2**64, "a whole number from 0 to 2**64 - 1")


def checked_basis_fields(max_basis_fields: Any) -> int:
    """Return the most numbers with a basis; raise ValueError where it is out of range."""
    most = limits.MOST_BASIS_FIELDS
    return whole(
        "max_basis_fields", max_basis_fields, lambda n: 1 <= n <= most, f"a whole number from 1 to {most}"
    )
