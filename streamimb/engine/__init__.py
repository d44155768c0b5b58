"""The life of one event, without I/O: guard, score, remember, join, learn, measure; snapshot and restore.

`Engine` takes events and labels in one order and returns scores. Its state is in its rows and its snapshot, which
are plain bytes for a store; the same records in the same order give the same bytes.
"""

from streamimb.engine.counters import Counters, label_identity
from streamimb.engine.deciding import Deciding
from streamimb.engine.degraded import DegradedReasons
from streamimb.engine.engine import Engine
from streamimb.engine.label_policy import BothReported, LabelPolicy, PositivesReported
from streamimb.engine.measures import Measures
from streamimb.engine.registry import register
from streamimb.engine.settings import Settings
from streamimb.engine.shares import Share
from streamimb.engine.snapshot import PickleRefusedError, SnapshotError, UnknownPartError
from streamimb.engine.state import built_of, state_of

__all__ = [
    "BothReported",
    "Counters",
    "Deciding",
    "DegradedReasons",
    "Engine",
    "LabelPolicy",
    "Measures",
    "PickleRefusedError",
    "PositivesReported",
    "Settings",
    "Share",
    "SnapshotError",
    "UnknownPartError",
    "built_of",
    "label_identity",
    "register",
    "state_of",
]
