"""Changed parameters of a saved model: applied where that is supported, else refused.

A part declares which of its parameters may change in a running state (River's `_mutable_attributes`). A part of a room
whose parts may restart forgets what it learned and continues with all of its new parameters.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from river import base

from streamimb import compose
from streamimb.catalogue import PLACES, Room, room_of
from streamimb.compose import GuardedClassifier
from streamimb.engine.parameters import differences
from streamimb.engine.snapshot import SnapshotError, dumps, put
from streamimb.engine.state import state_of


class ChangeRefused(SnapshotError):
    """A parameter differs from the saved one and cannot be changed; `reasons` names each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class _Change(NamedTuple):
    """One change to a saved part, which gives it a parameter of the configured one."""

    words: str
    part: Any
    configured: Any
    name: str  # of the parameter; "" restarts the part

    @property
    def leaves_out(self) -> bool:
        """Whether it leaves a parameter out: after the one that takes its place is set."""
        return self.name != "" and getattr(self.configured, self.name) is None

    def apply(self) -> None:
        if self.name:
            value = getattr(self.configured, self.name)
            if isinstance(self.part, base.Base):
                self.part.mutate({self.name: value})
            else:
                setattr(self.part, self.name, value)
        else:
            state = self.configured.__getstate__()
            vars(self.part).clear()  # attributes of the old state, and parameters that can be set only once
            put(self.part, state)


def changed(
    snapshot: bytes, model: GuardedClassifier, built: Any, *, allow_pickle: bool = False
) -> tuple[bytes, list[str]]:
    """Return the snapshot with the parameters of a configured model, and a sentence for each that changed.

    `model` and `built` are a fresh configured model and its parameters. All changes are made, or none. They are
    counted in the counter `parameter_changes`.

    Cost: O(size of the state).

    Raises
    ------
    ChangeRefused
        A parameter differs and cannot be changed, or its part does not accept the new value.

    Examples
    --------
    >>> from streamimb import sampling, SampledClassifier, linear_model
    >>> from streamimb.engine import BothReported, Engine
    >>> def engine(share):
    ...     sampler = sampling.UnderSampler(share=share)
    ...     return Engine(SampledClassifier(linear_model.LogisticRegression(), sampler, seed=1), BothReported())
    >>> configured = engine(0.3)
    >>> changed(engine(0.2).snapshot(), configured.model, configured.built)[1]
    ['[sampler] share: from 0.2 to 0.3']
    """
    state = state_of(snapshot, allow_pickle=allow_pickle)
    changes, reasons = _compared(state["built"], built, state["model"], model, "")
    if reasons:
        raise ChangeRefused(reasons)
    for change in sorted(changes, key=lambda each: each.leaves_out):
        try:
            change.apply()
        except (AttributeError, TypeError, ValueError) as error:
            raise ChangeRefused([f"{change.words}: {error}"]) from error
    state["built"] = built
    state["counts"]["parameter_changes"] += len(changes)
    return dumps(state, allow_pickle=allow_pickle), [change.words for change in changes]


def _compared(
    saved: Mapping[str, Any], configured: Mapping[str, Any], part: Any, fresh: Any, where: str
) -> tuple[list[_Change], list[str]]:
    """The changes that give a saved part the configured parameters, and the differences that cannot be changed."""
    room = room_of(type(part))
    if room is not None and room.table and "] " not in where:  # else it is a part inside a part
        where = f"[{room.table}]"
    wraps = room is not None and room.module is compose
    changes: list[_Change] = []
    reasons: list[str] = []
    mutable = getattr(part, "_mutable_attributes", ())
    # What such a part was given is only the pattern of the copies that it made.
    copies = not wraps and (_restarts(room) or isinstance(part, base.Ensemble | base.Wrapper))
    for name in sorted(saved.keys() | configured.keys()):
        old: Any = saved.get(name)
        new: Any = configured.get(name)
        if wraps:  # built from several tables
            where = f"[{PLACES.get(name, 'model')}]"
        place = _place(where, name)
        if not differences(old, new):
            continue
        inner = getattr(part, name, None)
        if _alike(old, new) and inner is not None and not copies:
            inside = where if wraps else place
            more, refused = _compared(old, new, inner, getattr(fresh, name), inside)
            changes += more
            reasons += refused
        elif name in mutable:
            changes.append(_Change(_told(place, old, new), part, fresh, name))
        elif _is_part(old) and _is_part(new) and not _alike(old, new):
            reasons.append(f"{f'{where} type' if wraps else place}: {old['class']}, not {new['class']}")
        elif wraps and f"[{name}]" == where:  # a part that is chosen, or a word in its place
            reasons += differences(_kind(old), _kind(new), f"{where} type")
        else:
            reasons += differences(old, new, place)
    if reasons and _restarts(room):
        words = (
            f"{_place(where, ', '.join(_all_told(saved, configured, '')))}; the {where.strip('[]')} is reset"
        )
        return [_Change(words, part, fresh, "")], []
    return changes, reasons


def _restarts(room: Room | None) -> bool:
    return room is not None and room.restarts


def _all_told(saved: Any, configured: Any, way: str) -> list[str]:
    """All changed parameters of a part, and of the parts in it, in words."""
    told = []
    for name in sorted(saved.keys() | configured.keys()):
        old, new = saved.get(name), configured.get(name)
        if _alike(old, new):
            told += _all_told(old, new, f"{way}{name}.")
        elif differences(old, new):
            told.append(_told(f"{way}{name}", _kind(old), _kind(new)))
    return told


def _place(where: str, name: str) -> str:
    """The parameter of a part that is described by a table and the parameters that lead to it."""
    return f"{where}.{name}" if "] " in where else f"{where} {name}" if where else name


def _told(place: str, old: Any, new: Any) -> str:
    """How a parameter changes, in words."""
    if new is None:
        return f"{place}: {old!r} is left out"
    return f"{place}: set to {new!r}" if old is None else f"{place}: from {old!r} to {new!r}"


def _kind(described: Any) -> Any:
    """The class of a part, or the word that stands for it."""
    return described["class"] if _is_part(described) else described


def _is_part(described: Any) -> bool:
    return isinstance(described, dict) and "class" in described


def _alike(saved: Any, configured: Any) -> bool:
    """Whether both describe a part, and one of the same class."""
    return _is_part(saved) and _is_part(configured) and bool(saved["class"] == configured["class"])
