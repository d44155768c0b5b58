# What other kernels may use of an UpdateGate without going through Python.
cdef class UpdateGate:
    cdef Py_ssize_t updates
    cdef Py_ssize_t reads
    cdef unsigned long updater
    cdef unsigned long reader
    cdef object lock
    cdef object never

    cpdef int begin(self) except -1
    cpdef int end(self) except -1
