# What other kernels may use of a ClassBlocks without going through Python.
from streamimb._kernels.row cimport Row
from streamimb._kernels.softmax_work cimport SoftmaxWork


cdef class ClassBlocks:
    cdef Py_ssize_t real  # learning rates
    cdef int bits  # 2^bits slots of strings
    cdef list labels  # the classes, in the order of their first event
    cdef dict index  # label -> its place in `labels`
    cdef Py_ssize_t classes
    cdef Py_ssize_t room  # classes that a block has space for
    cdef Py_ssize_t stride  # entries of a block: weights of all rates, then G, each of `room` classes
    cdef double[::1] weight  # blocks; block 0 stays 0, block 1 is the intercept
    cdef Py_ssize_t blocks  # in use
    cdef Py_ssize_t space  # blocks that the buffer holds
    cdef Py_ssize_t slots  # number slots
    cdef Py_ssize_t[::1] number_at  # the block of each number slot, 0 where it has none
    cdef Py_ssize_t[::1] gap_at
    cdef int[::1] text_at  # of each slot of strings; empty until a string is learned
    cdef int[::1] curve_at  # of each coordinate of the bases of numbers; empty without a basis
    cdef int[::1] cell_at  # of each cell of pairs of fields; empty until one is learned

    cdef void _lay_out(self, Py_ssize_t real, int bits)
    cdef void fit(self, Py_ssize_t slots)
    cdef void fit_curves(self, Py_ssize_t numbers)
    cdef void clear_curve(self, Py_ssize_t number) noexcept
    cdef int check(self, label) except -1
    cdef int check_all(self, labels) except -1
    cdef int admit(self, label) except -1
    cdef void _widen(self, Py_ssize_t room)
    cdef Py_ssize_t _block(self)
    cdef void place(self, Row row, SoftmaxWork work)
    cdef void open(self, Row row, SoftmaxWork work)
    cdef bytes _packed(self, Py_ssize_t block)
