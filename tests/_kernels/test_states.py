from __future__ import annotations

from typing import Any

import pytest

from streamimb._kernels.platt import Platts
from streamimb._kernels.tracker import Tracker


@pytest.mark.parametrize("name", ["hits", "mass", "mass2", "fade"])
def test_a_tracker_of_a_short_buffer_is_refused(name: str) -> None:
    state = Tracker().__getstate__()
    with pytest.raises(ValueError, match="one number per bank"):
        Tracker().__setstate__({**state, name: state[name][:-8]})


@pytest.mark.parametrize("name", ["span", "v", "a", "b", "h11", "h12", "h22"])
def test_platts_of_a_short_buffer_are_refused(name: str) -> None:
    state: dict[str, Any] = Platts((200, 30), 0.5, 1e-4).__getstate__()
    with pytest.raises(ValueError, match="one number per scaling"):
        Platts((200, 30), 0.5, 1e-4).__setstate__({**state, name: state[name][:-8]})
