# What other kernels may use of CategoryStatistics without going through Python.
from streamimb._kernels.row cimport Row


cdef class CategoryStatistics:
    cdef int bits
    cdef double[::1] table  # of each slot: positives; both sums again, short; labels. Empty before the first string
    cdef double positives  # of all events, decayed
    cdef double labels

    cdef Py_ssize_t at(self, Row row, Py_ssize_t j) noexcept
    cdef void compute(self, Row row, double[::1] statistics) noexcept
    cdef void observe(self, Row row, bint y, double w)
    cdef list remember(self, Row row, double[::1] statistics)
    cdef int recall(self, Row row, double[::1] statistics, Py_ssize_t first) except -1
    cdef Py_ssize_t length(self, memo, Py_ssize_t first) except -1
