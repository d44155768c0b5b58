# What other kernels may use of a ClassWeight without going through Python.
from streamimb._kernels.ports cimport Rates


cdef class ClassWeight(Rates):
    cdef dict given  # label -> weight where weights are given, else None
    cdef double log_beta  # of the effective numbers; 0 where weights are balanced
    cdef double n  # decayed mass of labels
    cdef dict met  # labels

    cdef double _size(self, double m) noexcept
    cdef void _meet(self, y, double w)
