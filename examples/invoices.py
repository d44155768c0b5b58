"""A seeded stream of invoices of four classes, three of them rare: for examples with many classes."""

import random
from collections.abc import Iterator

SHARES = {"paid": 0.9, "late": 0.07, "disputed": 0.02, "stolen": 0.01}


def invoices(n: int, seed: int = 1) -> Iterator[tuple[dict[str, float], str]]:
    """Two numbers of each invoice, and what became of it."""
    rng = random.Random(seed)
    for y in rng.choices(list(SHARES), list(SHARES.values()), k=n):
        place = list(SHARES).index(y)
        yield {"amount": rng.gauss(place, 1.0), "age": rng.gauss(place % 2, 1.0)}, y
