"""What a calibrator around another one accepts as the inner one."""

from __future__ import annotations

from typing import Any

from river import base

from streamimb.parameters import refuse
from streamimb.protocols import Calibrator, ClassCalibrator


def checked_calibrator(calibrator: Any) -> Any:
    """Return the calibrator of one class; raise ValueError for anything else.

    It is a River object, so that a clone of what is around it has learned nothing.
    """
    fits = isinstance(calibrator, Calibrator) and isinstance(calibrator, base.Base)
    if isinstance(calibrator, type) or not fits or isinstance(calibrator, ClassCalibrator):
        refuse("calibrator", calibrator, "a calibrator that is a River object, such as calibration.Platt()")
    return calibrator
