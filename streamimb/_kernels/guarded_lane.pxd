# What other kernels may use of a GuardedLane without going through Python.
from streamimb._kernels.gate cimport Gate
from streamimb._kernels.lane cimport Lane


cdef class GuardedLane(Lane):
    cdef Lane inner
    cdef Gate gate
    cdef bint passed  # whether the event that was weighed passed the gate

    cdef bint admits(self, x) except -1
    cdef int note(self, x) except -1
