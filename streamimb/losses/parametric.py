"""A part whose whole state is its parameters."""

from __future__ import annotations

import inspect
from typing import Any

from streamimb._kernels.saved import entries
from streamimb.parameters import Part


class Parametric(Part):
    """The state of a loss: its parameters, checked by its constructor before the first is set."""

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def __setstate__(self, state: Any) -> None:
        kind = type(self)
        saved = entries(state, *inspect.signature(kind).parameters)
        kind(**saved)
        vars(self).update(saved)
        kind.__init__(self, **saved)
