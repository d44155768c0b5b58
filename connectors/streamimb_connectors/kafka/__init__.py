"""Events and labels from Kafka topics, scores and dead letters to Kafka topics.

One topic per source and sink. Positions are kept in the state store, in one transaction with the model; the offsets of
a consumer group are written only for lag tools. A broker that is not available is waited for. Needs the `kafka` extra.
"""

from streamimb_connectors.kafka.findings import diagnose
from streamimb_connectors.kafka.open import sink, source

__all__ = ["diagnose", "sink", "source"]
