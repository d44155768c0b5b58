# The port of a route; wrappers declare their fields with this type.
from streamimb._kernels.ports cimport Port
from streamimb._kernels.row cimport Row


cdef class Route(Port):
    cdef bint needs_rates  # whether `correct` does
    cdef Py_ssize_t memo_size

    cdef bint reads_directly(self) noexcept
    cdef bint in_hand(self) noexcept
    cdef Row read(self, x)
    cdef int pilot(self, Row row) except -1
    cdef int correct(self, Row row) except -1
    cdef int check(self, y, more) except -1
    cdef int uncorrect(self, Row row) except -1
    cdef int admit(self, Row row, y) except -1
    cdef int learn(self, Row row, y, double w, double copies) except -1
    cdef int add(self, Row row, x, y, double w) except -1
    cdef int check_example(self, x) except -1
    cdef bint takes(self, double w) except -1
    cdef tuple remember(self, Row row)
    cdef Py_ssize_t length(self, memo) except -1
