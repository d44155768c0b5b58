"""Events and labels from Kafka topics, scores and dead letters to Kafka topics.

One topic per source and sink. Positions are ours: they commit in the state store together with what was
learned, and a group's offsets are only written for lag tools. A broker that is away is waited for. Knows
nothing of learning. Needs the `kafka` extra.
"""

from streamimb_connectors.kafka.findings import diagnose
from streamimb_connectors.kafka.open import sink, source

__all__ = ["diagnose", "sink", "source"]
