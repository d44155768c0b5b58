# What the kernels of a learner of trees compute for one event and share with one another.
from streamimb._kernels.row cimport Row, Work


cdef class TreeWork(Work):
    cdef Py_ssize_t room  # columns that fit into `z`
    cdef Py_ssize_t columns  # that are set in `z`
    cdef Py_ssize_t rates
    cdef float[::1] z  # the value of each column; NaN: missing
    cdef double[::1] statistics  # three of each string of the row, in its order
    cdef Py_ssize_t[::1] leaf  # position, in the leaves of the forest, of the leaf that each tree gives
    cdef double margin  # log-odds of the trees as they were fitted
    cdef double[::1] margins  # of each rate: with its corrections
    cdef bint walked  # z, leaf and the margins are set for the present row
    cdef double[::1] said  # P(True) of every expert at the offset `said_at`
    cdef double said_at  # NaN: none is set
    cdef Row beside  # the row of the companion; None where there is none

    cdef void fit(self, Py_ssize_t columns, Py_ssize_t texts)
