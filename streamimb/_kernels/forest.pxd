# What other kernels may use of a Forest without going through Python.
from streamimb._kernels.tree_work cimport TreeWork


cdef class Forest:
    cdef Py_ssize_t trees
    cdef Py_ssize_t leaves
    cdef Py_ssize_t nodes  # of each tree
    cdef Py_ssize_t rates
    cdef Py_ssize_t stride  # numbers of each leaf
    cdef Py_ssize_t made  # trees so far
    cdef Py_ssize_t active
    cdef double l2
    cdef double[::1] eta
    cdef int[::1] column  # of a node that splits; of a leaf 0
    cdef int[::1] child  # the left child of a node that splits, the right one is next to it; of a leaf itself
    cdef float[::1] threshold  # of a leaf infinite
    cdef int[::1] number  # of a leaf, in its tree; of a node that splits -1
    cdef Py_ssize_t[::1] depth  # splits on the longest way to a leaf of each tree
    cdef double[::1] gain
    cdef double[::1] leaf  # of each leaf: value, hessian, the correction at each rate
    cdef double[::1] gradient  # scratch, of each rate
    cdef Py_ssize_t[::1] level  # scratch, of each node of a tree

    cdef void walk(self, TreeWork work) noexcept
    cdef void _find(self, TreeWork work) noexcept
    cdef void add(self, Py_ssize_t tree, double sign, float[::1] values, Py_ssize_t width, Py_ssize_t start, Py_ssize_t end, double[::1] margin) noexcept
    cdef void clear(self) noexcept
    cdef void measure(self, Py_ssize_t tree) noexcept
    cdef void learn(self, TreeWork work, bint y, double offset, double w) noexcept
    cdef void activate(self) noexcept
