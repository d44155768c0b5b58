# What the kernels of a Hoeffding tree compute for one event and share with one another.
from streamimb._kernels.row cimport Work
from streamimb._kernels.tree_work cimport TreeWork


cdef class HoeffdingWork(Work):
    cdef TreeWork columns  # the value of each column, and the statistics of strings
    cdef Py_ssize_t[::1] bins  # of each column
    cdef Py_ssize_t leaf
    cdef double evidence  # log of the likelihood ratio of naive Bayes in the leaf
    cdef bint placed  # columns, bins, leaf and evidence are set for the present row
    cdef double[::1] said  # P(True) of the leaf's log-odds and of its naive Bayes, at the offset `said_at`
    cdef double said_at  # NaN: none is set

    cdef void fit(self, Py_ssize_t columns, Py_ssize_t texts)
