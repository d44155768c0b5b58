# What other kernels may use of a HoeffdingTree without going through Python.
from streamimb._kernels.column_bins cimport ColumnBins
from streamimb._kernels.hoeffding_work cimport HoeffdingWork
from streamimb._kernels.leaf_counts cimport LeafCounts
from streamimb._kernels.leaf_models cimport LeafModels
from streamimb._kernels.leaf_split cimport LeafSplit
from streamimb._kernels.split_nodes cimport SplitNodes


cdef class HoeffdingTree:
    cdef ColumnBins bins
    cdef LeafCounts counts
    cdef LeafModels models
    cdef SplitNodes nodes
    cdef LeafSplit best
    cdef double grace
    cdef double log_delta  # log(1 / delta)
    cdef double tie
    cdef Py_ssize_t max_depth
    cdef double[::1] before  # scratch
    cdef double[::1] left  # scratch

    cdef void fit(self, Py_ssize_t columns)
    cdef void place(self, HoeffdingWork work) noexcept
    cdef bint count(self, HoeffdingWork work, bint y, double w)
    cdef bint _grow(self, Py_ssize_t leaf)
