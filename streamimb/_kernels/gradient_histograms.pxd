# What other kernels may use of GradientHistograms without going through Python.
from streamimb._kernels.bin_edges cimport BinEdges


cdef class GradientHistograms:
    cdef Py_ssize_t slots
    cdef Py_ssize_t columns
    cdef Py_ssize_t used  # columns that this tree may split on
    cdef Py_ssize_t[::1] selected  # their numbers
    cdef double[::1] sums  # by slot, by selected column, by bin: gradient, hessian, rows
    cdef double l2
    cdef double gradient  # of the slot that was searched last
    cdef double hessian
    cdef double rows
    cdef double best  # gain of its best split; 0: it has none
    cdef Py_ssize_t best_column
    cdef Py_ssize_t best_bin

    cdef void begin(self, Py_ssize_t columns)
    cdef void clear(self, Py_ssize_t slot) noexcept
    cdef void add(self, Py_ssize_t slot, unsigned char[::1] bins, Py_ssize_t at, double g, double h) noexcept
    cdef void subtract(self, Py_ssize_t slot, Py_ssize_t part) noexcept
    cdef void move(self, Py_ssize_t slot, Py_ssize_t to) noexcept
    cdef void search(self, Py_ssize_t slot, BinEdges edges) noexcept
