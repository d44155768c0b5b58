# What other kernels may use of PresentFields without going through Python.
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.row cimport Row


cdef class PresentFields:
    cdef Py_ssize_t most
    cdef list chosen  # fields, ascending
    cdef long long[::1] events  # labelled events with each field
    cdef long long labelled  # labelled events
    cdef long long renewal  # at so many of them, the fields are chosen anew

    cdef void _empty(self, Py_ssize_t most)
    cdef bint note(self, Row row, Reader reader) except -1
    cdef bint _count(self, Py_ssize_t field) except -1
    cdef bint _rank(self, Py_ssize_t known) except -1
