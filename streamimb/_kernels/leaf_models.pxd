# What other kernels may use of LeafModels without going through Python.
cdef class LeafModels:
    cdef double[::1] level  # of the whole tree: LEVEL and KNOWN
    cdef double[::1] value  # eight numbers of each leaf: see VALUE, HESSIAN, ... in leaf_models.py

    cdef void say(self, Py_ssize_t leaf, double evidence, double offset, double[::1] said) noexcept
    cdef void settle(self, double p, bint y, double w) noexcept
    cdef double share(self, Py_ssize_t leaf) noexcept
    cdef double log_odds(self, Py_ssize_t leaf) noexcept
    cdef void judge(self, Py_ssize_t leaf, double[::1] said, bint y, double w, double fade) noexcept
    cdef void step(self, Py_ssize_t leaf, double evidence, bint y, double offset, double w, double fade) noexcept
    cdef void part(self, Py_ssize_t leaf, Py_ssize_t right, double[::1] before, double[::1] left) noexcept
    cdef void _begin(self, Py_ssize_t leaf, double[::1] before, double[::1] own) noexcept
