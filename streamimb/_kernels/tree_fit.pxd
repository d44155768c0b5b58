# What other kernels may use of a TreeFit without going through Python.
from streamimb._kernels.bin_edges cimport BinEdges
from streamimb._kernels.draw cimport Draw
from streamimb._kernels.event_rows cimport EventRows
from streamimb._kernels.forest cimport Forest
from streamimb._kernels.gradient_histograms cimport GradientHistograms


cdef class TreeFit:
    cdef EventRows ring
    cdef Forest forest
    cdef BinEdges edges  # those of the next tree
    cdef GradientHistograms histograms
    cdef Draw draw
    cdef double step
    cdef double row_share
    cdef double column_share
    cdef Py_ssize_t room  # rows for which there are buffers
    cdef Py_ssize_t width  # columns of `bins`
    cdef unsigned char[::1] bins  # of every row of the ring, by column
    cdef double[::1] margin  # of every row, without the oldest tree; with the next one at the end
    cdef double[::1] g
    cdef double[::1] h
    cdef int[::1] order  # the rows that were drawn, those of a leaf together
    cdef int[::1] aside
    cdef Py_ssize_t drawn
    # how far the fit is
    cdef int phase
    cdef Py_ssize_t at  # the next row or column of the phase
    cdef Py_ssize_t to  # where rows to the left go
    cdef Py_ssize_t right  # rows that are set aside
    cdef list renewed  # columns whose bins are renewed for this tree
    cdef list sample0
    cdef list sample1
    # leaves of the growing tree
    cdef Py_ssize_t grown
    cdef Py_ssize_t split  # the leaf that is being split
    cdef Py_ssize_t small  # the child that is counted
    cdef Py_ssize_t[::1] node
    cdef Py_ssize_t[::1] first
    cdef Py_ssize_t[::1] last
    cdef Py_ssize_t[::1] best_column  # of each leaf
    cdef Py_ssize_t[::1] best_bin
    cdef double[::1] best
    cdef double[::1] gradient
    cdef double[::1] hessian

    cdef void begin(self, Py_ssize_t tree)
    cdef void advance(self, Py_ssize_t visits)
    cdef Py_ssize_t left(self) noexcept
    cdef void place(self, Py_ssize_t row)
    cdef void _fit(self)
    cdef list _sample(self, int label)
    cdef void _bin(self, Py_ssize_t row) noexcept
    cdef void _select(self)
    cdef void _plant(self) noexcept
    cdef void _differentiate(self, Py_ssize_t end) noexcept
    cdef void _examine(self, Py_ssize_t leaf) noexcept
    cdef void _choose(self) noexcept
    cdef Py_ssize_t _column_cost(self)
    cdef Py_ssize_t _count_cost(self) noexcept
    cdef void _part(self, Py_ssize_t i) noexcept
    cdef void _divide(self) noexcept
    cdef void _finish(self) noexcept
