# What other kernels may use of a Presence without going through Python.
from streamimb._kernels.row cimport Row


cdef class Presence:
    cdef Py_ssize_t numbers  # number slots
    cdef Py_ssize_t capacity
    cdef double unit  # weight of the next event; it grows, instead of all counts decaying
    cdef double total  # weight of the events so far
    cdef double whole  # weight of the events in which every number was present
    cdef double[::1] share  # weight of the other events in which a number was present
    cdef Py_ssize_t[::1] expected  # slots present in at least half of the events, in order
    cdef Py_ssize_t n_expected
    cdef Py_ssize_t[::1] awaited  # 1 for a slot that is expected, else 0
    cdef Py_ssize_t[::1] stamp  # the last search whose event had the number of a slot
    cdef Py_ssize_t searches

    cdef void find_gaps(self, Row row) noexcept
    cdef void note(self, Row row) noexcept
    cdef Py_ssize_t add(self)
    cdef void _expect(self, Py_ssize_t slot) noexcept
    cdef void _forget(self, Py_ssize_t slot) noexcept
