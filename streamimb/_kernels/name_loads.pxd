# What other kernels may call of name_loads without going through Python.
from streamimb._kernels.name_table cimport NameTable
from streamimb._kernels.row cimport Row

cdef void load_entries(NameTable table, Py_ssize_t* number_of, Row row, dict event, Py_ssize_t at) noexcept
