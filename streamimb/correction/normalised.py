"""Masses of classes as probabilities."""

from typing import Any

from streamimb.protocols import Proba

LEAST = 1e-7  # least probability of a class before it is multiplied, so that a hard 0 or 1 can be corrected


def normalised(masses: Proba) -> dict[Any, float]:
    """Return masses divided by their sum; unchanged where the sum is 0."""
    total = 0.0
    for mass in masses.values():
        total += mass
    return {k: mass / total for k, mass in masses.items()} if total > 0.0 else dict(masses)
