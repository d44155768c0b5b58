# What other kernels may use of a Basis without going through Python.
from streamimb._kernels.class_edges cimport ClassEdges
from streamimb._kernels.draw cimport Draw
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.row cimport Row
from streamimb._kernels.standardizer cimport Standardizer


cdef class Basis:
    cdef Py_ssize_t most  # numbers that may have a block
    cdef Py_ssize_t coordinates  # of a number
    cdef Py_ssize_t capacity  # number slots
    cdef Py_ssize_t n_blocks
    cdef Py_ssize_t[::1] block  # of each number slot; -1: none
    cdef Py_ssize_t[::1] owner  # the number slot of each block
    cdef long long[::1] present  # labelled events with each number
    cdef ClassEdges edges
    cdef Draw draw
    cdef long long labelled  # labelled events
    cdef long long renewal  # at so many of them, the edges are renewed
    cdef Py_ssize_t renewing  # the next block to renew, one at each labelled event; n_blocks: none

    cdef void _empty(self, Py_ssize_t most, Py_ssize_t groups)
    cdef void _give(self, Py_ssize_t slot)
    cdef void fit(self, Py_ssize_t capacity)
    cdef void find(self, Row row, Standardizer moments, LinearWork work) noexcept
    cdef list observe(self, Row row, Py_ssize_t group)
    cdef bint begin(self) noexcept
    cdef list _rank(self)

cdef list grid_of(Reader reader, Basis basis, name)
cdef list curved_of(Reader reader, Basis basis)
