# What other kernels may use of LeafSplit without going through Python.
from streamimb._kernels.draw cimport Draw
from streamimb._kernels.leaf_counts cimport LeafCounts


cdef class LeafSplit:
    cdef bint by_information
    cdef double least  # events on each side
    cdef double share  # of the columns that a leaf may be split on
    cdef unsigned long long seed
    cdef Draw draw
    cdef unsigned char[::1] chosen  # scratch: whether the leaf may be split on a column
    cdef Py_ssize_t column  # of the best split; -1: there is none
    cdef Py_ssize_t bin
    cdef double gain
    cdef double second  # gain of the best split of any other column, at least 0

    cdef void find(self, LeafCounts counts, Py_ssize_t leaf, Py_ssize_t node) noexcept
    cdef void _choose(self, Py_ssize_t columns, Py_ssize_t node) noexcept
    cdef double _gain(self, double left0, double left1, double all0, double all1) noexcept
