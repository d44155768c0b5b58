# What other kernels may use of Moments without going through Python.
from streamimb._kernels.walk cimport Walk

cdef class Moments(Walk):
    cdef double[::1] count
    cdef double[::1] mean
    cdef double[::1] m2
    cdef double[::1] inv_sd
    # the event in hand
    cdef double[::1] zs

    cdef void _standardise(self) noexcept
    cdef void _observe(self) noexcept
