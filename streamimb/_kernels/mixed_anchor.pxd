# What other kernels may use of a MixedAnchor without going through Python.
from streamimb._kernels.ports cimport Anchor
from streamimb._kernels.prior_bank cimport PriorBank


cdef class MixedAnchor(Anchor):
    cdef PriorBank prior  # the wrapper's, whose windows are cut; the wrapper updates it
    cdef PriorBank steady  # one long memory that is never cut
    cdef double share  # of `prior` in the log-odds

    cdef double _mixed(self) noexcept
