# What other kernels may use of a Logistic without going through Python.
from streamimb._kernels.steps cimport Steps
from streamimb._kernels.tracker cimport Tracker

cdef class Logistic(Steps):
    cdef Tracker anchor

    cdef double score(self, x, double offset) except? -1
    cdef double pilot(self, x, double offset) except? -1
    cdef double teach(self, x, bint y, double offset, double shift, double w, double copies) except? -1
    cdef void _weigh(self) noexcept
    cdef int _read(self, x) except? -1
    cdef void _teach(self, bint y, double offset, double shift, double w, double copies) noexcept
    cdef object _sparse(self)
    cdef void _fill(self, saved)
    cdef object _columns(self, list names)
    cdef void _row(self, Py_ssize_t[::1] columns, const double[:, ::1] x, Py_ssize_t r) noexcept
