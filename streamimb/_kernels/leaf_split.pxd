# What other kernels may use of LeafSplit without going through Python.
from streamimb._kernels.leaf_counts cimport LeafCounts


cdef class LeafSplit:
    cdef bint by_information
    cdef double least  # events on each side
    cdef Py_ssize_t column  # of the best split; -1: there is none
    cdef Py_ssize_t bin
    cdef double gain
    cdef double second  # gain of the best split of any other column, at least 0

    cdef void find(self, LeafCounts counts, Py_ssize_t leaf) noexcept
    cdef double _gain(self, double left0, double left1, double all0, double all1) noexcept
