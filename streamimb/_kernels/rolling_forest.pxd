# What other kernels may use of a RollingForest without going through Python.
from streamimb._kernels.bin_edges cimport BinEdges
from streamimb._kernels.draw cimport Draw
from streamimb._kernels.event_rows cimport EventRows
from streamimb._kernels.forest cimport Forest
from streamimb._kernels.tree_fit cimport TreeFit
from streamimb._kernels.tree_work cimport TreeWork
from streamimb._kernels.wider_rows cimport WiderRows


cdef class RollingForest:
    cdef Py_ssize_t every
    cdef Py_ssize_t visits
    cdef EventRows ring
    cdef EventRows waiting  # events since the last tree became active
    cdef EventRows joining  # the events before them, while the ring gets more columns
    cdef WiderRows wider
    cdef Forest forest
    cdef Draw draw
    cdef TreeFit fit
    cdef bint fitting
    cdef BinEdges edges  # as they were when the fit began
    cdef unsigned long long drawn  # the state of the draws when the fit began

    cdef void learn(self, TreeWork work, Py_ssize_t columns, bint y, double offset, double w)
    cdef void _turn(self)
    cdef void _widen(self, Py_ssize_t visits)
    cdef void _swap(self)
    cdef void _begin(self)
