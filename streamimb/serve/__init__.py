"""The runner and its parts: from the bytes of a source to scores, with a state that survives a crash.

`Runner` drives an engine from sources to sinks; `SqliteStore` keeps its state; the decoders read
records; the `Memory…` parts replace the outside in tests and demonstrations.
"""

from streamimb.serve.backoff import Backoff
from streamimb.serve.decode import (
    DECODERS,
    Decoder,
    EventDecoder,
    FieldMapping,
    LabelDecoder,
    MixedDecoder,
)
from streamimb.serve.degraded import Degradable, Degraded
from streamimb.serve.in_memory import MemorySink, MemorySource, MemoryStore, NullSink
from streamimb.serve.merge import Merge
from streamimb.serve.runner import Runner
from streamimb.serve.status import Status
from streamimb.serve.store import SqliteStore, StoreCorruptError, StoreError, StoreLockedError, read_state

__all__ = [
    "DECODERS",
    "Backoff",
    "Decoder",
    "Degradable",
    "Degraded",
    "EventDecoder",
    "FieldMapping",
    "LabelDecoder",
    "MemorySink",
    "MemorySource",
    "MemoryStore",
    "Merge",
    "MixedDecoder",
    "NullSink",
    "Runner",
    "SqliteStore",
    "Status",
    "StoreCorruptError",
    "StoreError",
    "StoreLockedError",
    "read_state",
]
