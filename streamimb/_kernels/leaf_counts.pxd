# What other kernels may use of LeafCounts without going through Python.
cdef class LeafCounts:
    cdef Py_ssize_t leaves
    cdef Py_ssize_t most  # columns
    cdef Py_ssize_t room  # columns that fit
    cdef Py_ssize_t n  # columns in use
    cdef double fade
    cdef double[::1] mass  # by leaf, column, bin, class; in units of the leaf
    cdef double[::1] total  # of each leaf and class
    cdef double[::1] square  # sum of squared weights of each leaf and class
    cdef double[::1] unit  # of each leaf: the weight of its next event; it grows, instead of all masses decaying
    cdef double[::1] events  # of each leaf and class, since `restart`

    cdef void fit(self, Py_ssize_t columns)
    cdef void add(self, Py_ssize_t leaf, Py_ssize_t[::1] bins, bint y, double w) noexcept
    cdef double evidence(self, Py_ssize_t leaf, Py_ssize_t[::1] bins, Py_ssize_t start, Py_ssize_t end) noexcept
    cdef double effective(self, Py_ssize_t leaf) noexcept
    cdef double _each(self, Py_ssize_t k) noexcept
    cdef double waiting(self, Py_ssize_t leaf) noexcept
    cdef double fade_of(self, Py_ssize_t leaf, bint y) noexcept
    cdef void restart(self, Py_ssize_t leaf) noexcept
    cdef void part(self, Py_ssize_t leaf, Py_ssize_t right, Py_ssize_t column, Py_ssize_t bin, double most, double[::1] left) noexcept
    cdef void _limit(self, Py_ssize_t leaf, double most) noexcept
    cdef void _scale(self, Py_ssize_t leaf, double by) noexcept
    cdef void rebin(self, Py_ssize_t column, double[::1] moved) noexcept
