# What other kernels may use of ColumnBins without going through Python.
from streamimb._kernels.class_edges cimport ClassEdges
from streamimb._kernels.draw cimport Draw


cdef class ColumnBins:
    cdef ClassEdges edges
    cdef float[::1] edge  # the edges once more, of 4 bytes each
    cdef Draw draw
    cdef long long labelled  # events so far
    cdef long long renewal  # at so many of them the edges are renewed
    cdef Py_ssize_t renewing  # the next column to renew, one at each event; none is left from the number of columns on
    cdef double[::1] moved  # scratch: for each class, the share of an old bin that each new bin gets

    cdef void fit(self, Py_ssize_t columns)
    cdef void _copy_edges(self)
    cdef void find(self, float[::1] z, Py_ssize_t columns, Py_ssize_t[::1] bins) noexcept
    cdef void note(self, float[::1] z, Py_ssize_t columns, bint y) noexcept
    cdef Py_ssize_t due(self, Py_ssize_t columns) noexcept
    cdef void renew(self, Py_ssize_t column)
    cdef Py_ssize_t[::1] _bins_of(self, Py_ssize_t column, double[::1] values)
    cdef void _move(self, Py_ssize_t column, Py_ssize_t y, Py_ssize_t[::1] was, Py_ssize_t[::1] now, double[::1] before)
    cdef double threshold(self, Py_ssize_t column, Py_ssize_t bin) noexcept
