# What other kernels may use of BinEdges without going through Python.
from streamimb._kernels.event_rows cimport EventRows


cdef class BinEdges:
    cdef Py_ssize_t columns
    cdef float[::1] edge  # BINS - 1 of each column, in increasing order
    cdef Py_ssize_t[::1] count  # edges of each column

    cdef void copy(self, BinEdges other, Py_ssize_t columns)
    cdef void renew(self, Py_ssize_t column, EventRows ring, list rows0, list rows1)
    cdef unsigned char bin(self, Py_ssize_t column, float value) noexcept
