# What other kernels may use of a MatrixReader without going through Python.
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.row cimport Row


cdef class MatrixReader:
    cdef Reader reader  # the learner's
    cdef list names  # column names; None: 0, 1, 2, ...
    cdef const double[:, ::1] x
    cdef Py_ssize_t width  # columns
    cdef bint dense  # the j-th column has number slot j
    cdef bint unnamed  # the index lacks the name of a column
    cdef Py_ssize_t[::1] slots  # the number slot of each column, -1 where it has none; unused where `dense`

    cdef object name(self, Py_ssize_t j)
    cdef Py_ssize_t _field(self, Py_ssize_t j) except -2
    cdef int find_columns(self) except -1
    cdef int read(self, Row row, Py_ssize_t r) except -1
    cdef bint _read_dense(self, Row row, Py_ssize_t r) noexcept
    cdef void _read_any(self, Row row, Py_ssize_t r) noexcept
    cdef dict _event(self, Py_ssize_t r)
