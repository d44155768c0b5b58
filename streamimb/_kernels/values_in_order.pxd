# What other kernels may call of values_in_order without going through Python.
from cpython.object cimport PyObject
from streamimb._kernels.row cimport Row

cdef Py_ssize_t in_order(
    list names,
    Py_ssize_t known,
    Py_ssize_t* name_length,
    unsigned long long* name_place,
    unsigned long long* name_seed,
    Py_ssize_t* number_of,
    Row row,
    dict event,
    Py_ssize_t* at,
) noexcept
cdef bint same_name(PyObject* key, Py_ssize_t length, unsigned long long place) noexcept
