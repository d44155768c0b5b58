"""Any River classifier, any sampling, true probabilities.

streamimb learns rare classes from streams of events: policies say how much of an event the learner is
given (`sampling`), what that does to the log-odds is taken out exactly once (`correction`), and what is
left is mopped up by an online calibrator (`calibration`). Everything here is, or goes into, a River
estimator.
"""

import warnings

from streamimb._kernels import native as __native__
from streamimb._kernels import pure as _pure

__version__ = "0.1.0"

if not (__native__ or _pure):
    warnings.warn(
        "streamimb runs without its compiled kernels and is about 40 times slower: "
        "install a C compiler and reinstall, or set STREAMIMB_PURE=1 if this is wanted.",
        RuntimeWarning,
        stacklevel=2,
    )

__all__ = ["__native__", "__version__"]
