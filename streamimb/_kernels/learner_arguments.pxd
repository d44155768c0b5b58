# What learners may call of learner_arguments without going through Python.
cdef double number_of(name, value, expected) except? -1e308
cdef double finite_offset(offset) except? -1e308
cdef double weight_of(w) except? -1e308
cdef bint is_true(y) except? -1
