# What a route may use of a MixedClassAnchor without going through Python.
from streamimb._kernels.prior_bank cimport PriorBank


cdef class MixedClassAnchor:
    cdef PriorBank steady  # of every class, one long memory that is never cut
    cdef double share  # of the wrapper's prior in the offsets
    cdef dict other  # the shares of `steady` that were asked for last; None: a label was counted since

    cdef void _begin(self, PriorBank steady, double share)
    cdef dict _shares(self, dict prior)
    cdef dict offsets(self, dict prior)
    cdef int note(self, dict p, dict offsets, dict prior, y, double w) except -1
