# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The focal loss with a power and a weight for each class from its running gradients: `losses.EqualizedFocal`."""

from __future__ import annotations

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log

    from streamimb._kernels.focal_loss import FocalLoss
else:
    from cython.cimports.libc.math import log
    from cython.cimports.streamimb._kernels.focal_loss import FocalLoss


@cython.cclass
class EqualizedFocalLoss(FocalLoss):
    """gamma_k = gamma + scale (1 - g_k), weight gamma_k / gamma. Fields are declared in equalized_focal_loss.pxd."""

    def __init__(self, gamma: float, scale: float, fade: float) -> None:
        FocalLoss.__init__(self, gamma)
        self._scale, self.fade, self.gathers = scale, fade, True

    @cython.cfunc
    @cython.exceptval(check=False)
    def _tune(self, n: cython.double[::1], classes: cython.Py_ssize_t) -> cython.void:
        k: cython.Py_ssize_t
        for k in range(classes):
            self.power[k] = self._gamma + self._scale * (1.0 - min(1.0, n[k]))
            self.log_weight[k] = log(self.power[k] / self._gamma)
