"""Why the probabilities are doubtful: a sentence with its cure, and the numbers in it."""

from collections.abc import Mapping
from typing import NamedTuple


class Doubt(NamedTuple):
    """A reason to be degraded."""

    sentence: str
    evidence: Mapping[str, float]


def doubt(template: str, shown: Mapping[str, str] = {}, **numbers: float) -> Doubt:
    """Return the sentence that a template makes of numbers, and these as evidence.

    `shown` has texts that stand in the sentence in place of a number of that name, or beside it.

    Cost: O(numbers).

    Examples
    --------
    >>> doubt("{share} of {events:,} events", {"share": "29 %"}, share=0.29, events=1_200)
    Doubt(sentence='29 % of 1,200 events', evidence={'share': 0.29, 'events': 1200.0})
    """
    return Doubt(
        template.format(**{**numbers, **shown}), {name: float(number) for name, number in numbers.items()}
    )
