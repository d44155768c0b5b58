# What the kernels of a linear learner compute for one event and share with one another.
from streamimb._kernels.row cimport Work


cdef class LinearWork(Work):
    cdef LinearWork additive  # of the additive expert beside the linear one, or None
    cdef Py_ssize_t real  # learning rates
    cdef Py_ssize_t capacity
    cdef double[::1] zs  # the numbers of the row, standardised
    cdef double[::1] keep  # scratch of the same size
    cdef Py_ssize_t[::1] texts  # position in the table of each string of the row
    # basis coordinates, where an additive expert has this work
    cdef Py_ssize_t n_coordinates
    cdef Py_ssize_t[::1] places  # the coordinate: block * BASIS_COORDINATES + its number within the block
    cdef double[::1] values
    cdef Py_ssize_t[::1] numbers  # position, among the numbers of the row, of the one it belongs to
    # cells of pairs of fields, where an additive expert has this work
    cdef Py_ssize_t n_cells
    cdef Py_ssize_t[::1] cells
    cdef Py_ssize_t[::1] pairs  # the pair of each
    # one number per learning rate
    cdef double[::1] g  # log-odds without the offset
    cdef double[::1] E  # P(True) at the offset `expected_at`; in AdaGrad._flow: exp of the margin
    cdef double[::1] e  # scratch
    cdef double[::1] d  # change of the log-odds per unit of the AdaGrad step
    cdef double expected_at  # the offset at which E was computed; NaN: E holds no probabilities
    cdef bint summed  # zs and g are computed for the present row

    cdef void fit(self, Py_ssize_t capacity)
    cdef void copy_numbers(self, LinearWork other, Py_ssize_t n) noexcept
    cdef void expect(self, double offset) noexcept
