# What other kernels may use of a Mixture without going through Python.
from streamimb._kernels.linear_work cimport LinearWork


cdef class Mixture:
    cdef Py_ssize_t real  # experts
    cdef Py_ssize_t memo_size  # floats that it wants back at the label
    cdef double[::1] share  # of each expert, as served

    cdef int judge(self, LinearWork work, double offset, memo, bint y, double w) except -1
    cdef tuple remember(self, LinearWork work)
