# What other kernels may use of TreeColumns without going through Python.
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.row cimport Row
from streamimb._kernels.tree_work cimport TreeWork


cdef class TreeColumns:
    cdef Py_ssize_t most
    cdef Py_ssize_t n  # columns in use
    cdef Py_ssize_t[::1] number_at  # column of a number slot; -1: none
    cdef Py_ssize_t[::1] text_at  # first of the three columns of a field of strings; -1: none
    cdef Py_ssize_t[::1] field  # of each column

    cdef void fill(self, Row row, TreeWork work) noexcept
    cdef bint lacks(self, Row row) noexcept
    cdef int register(self, Row row, Reader reader) except -1
    cdef void _fit(self, Py_ssize_t names)
    cdef Py_ssize_t _take(self, Py_ssize_t field, Py_ssize_t columns) noexcept
