# What other kernels may use of WiderRows without going through Python.
from streamimb._kernels.event_rows cimport EventRows


cdef class WiderRows:
    cdef Py_ssize_t columns
    cdef Py_ssize_t at  # the next row to copy
    cdef float[::1] values  # as those of the ring
    cdef unsigned char[::1] bins

    cdef void begin(self, EventRows ring, Py_ssize_t columns)
    cdef Py_ssize_t cost(self) noexcept
    cdef Py_ssize_t left(self, EventRows ring) noexcept
    cdef void copy(self, EventRows ring, unsigned char[::1] bins, Py_ssize_t end)
