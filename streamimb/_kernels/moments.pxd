# What other kernels may use of Moments without going through Python.
from streamimb._kernels.walk cimport Walk

cdef class Moments(Walk):
    cdef double[::1] count
    cdef double[::1] mean
    cdef double[::1] var
    cdef double[::1] top  # the largest squared deviation that counted
    cdef double[::1] inv_sd
    # the event in hand
    cdef double[::1] zs

    cdef void _standardise(self) noexcept
    cdef void _bound(self) noexcept
    cdef void _observe(self) noexcept
