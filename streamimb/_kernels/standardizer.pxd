# What other kernels may use of a Standardizer without going through Python.
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.row cimport Row


cdef class Standardizer:
    cdef Py_ssize_t capacity
    cdef Py_ssize_t even  # number of leading slots known to have equal counts; 0: not known
    cdef double[::1] count
    cdef double[::1] mean
    cdef double[::1] var
    cdef double[::1] top  # the largest squared deviation so far, after limiting
    cdef double[::1] inv_sd

    cdef void fit(self, Py_ssize_t capacity)
    cdef void standardise(self, Row row, LinearWork work) noexcept
    cdef bint _bound(self, Row row, LinearWork work) noexcept
    cdef bint _bound_even(self, Row row) noexcept
    cdef void _update_even(self, Row row) noexcept
    cdef void observe(self, Row row, LinearWork work) noexcept
    cdef void _update(self, Row row, double[::1] values) noexcept
