# What other kernels may use of a ShareRate without going through Python.
from streamimb._kernels.ports cimport Rates


cdef class ShareRate(Rates):
    # Not `share` and `budget`, which are properties of the samplers: interpreted, those would be set.
    cdef double aim_share  # of rare events among the learned
    cdef double aim_budget  # copies per event where there is a budget, else 0: no class is thinned
    cdef double cap  # the largest rate
    cdef dict met  # labels

    cdef double _rate_false(self, double m) noexcept
    cdef double _rate_true(self, double m) noexcept
    cdef void _meet(self, y)
    cdef dict _rates_many(self, p, prior)
    cdef dict _raised(self, dict masses)
    cdef dict _levelled(self, dict masses)
