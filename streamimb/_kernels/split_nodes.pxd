# What other kernels may use of SplitNodes without going through Python.
cdef class SplitNodes:
    cdef Py_ssize_t most  # leaves
    cdef Py_ssize_t leaves  # in use
    cdef int[::1] column  # of a node that splits
    cdef int[::1] child  # the left child of a node that splits, the right one is next to it; of a leaf 0
    cdef double[::1] threshold
    cdef int[::1] number  # of a leaf; of a node that splits -1
    cdef int[::1] depth  # splits above a node
    cdef double[::1] gain  # of a split
    cdef double[::1] shift  # what the split above a node adds to the log-odds, when it was made
    cdef int[::1] node  # of each leaf

    cdef Py_ssize_t leaf(self, float[::1] z) noexcept
    cdef Py_ssize_t split(self, Py_ssize_t leaf, Py_ssize_t column, double threshold, double gain) noexcept
