# What other kernels may use of a Hoeffding without going through Python.
from streamimb._kernels.anchored_learner cimport AnchoredLearner
from streamimb._kernels.category_statistics cimport CategoryStatistics
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.hoeffding_tree cimport HoeffdingTree
from streamimb._kernels.hoeffding_work cimport HoeffdingWork
from streamimb._kernels.row cimport Row
from streamimb._kernels.tree_columns cimport TreeColumns


cdef class Hoeffding(AnchoredLearner):
    cdef Reader _reader
    cdef TreeColumns _columns
    cdef CategoryStatistics _categories
    cdef HoeffdingTree _tree
    cdef double[::1] _served  # scratch

    cdef HoeffdingWork _work(self, Row row)
    cdef int _prepare(self, Row row, HoeffdingWork work) except -1
    cdef void _place(self, Row row, HoeffdingWork work)
    cdef HoeffdingWork _said(self, Row row, double offset)
