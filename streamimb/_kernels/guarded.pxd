# Fields and methods of a GuardedModel. The prefix keeps them apart from the attributes of its Python subclass.
from streamimb._kernels.ports cimport Model
from streamimb._kernels.row cimport Row
from streamimb._kernels.sanitizing cimport Cleaned
from streamimb._kernels.schema_check cimport SchemaCheck


cdef class GuardedModel(Model):
    cdef Model _g_inner
    cdef SchemaCheck _g_check
    cdef bint _g_lent  # whether the model inside lends its reader
    cdef Py_ssize_t _g_most  # most fields of an event
    cdef dict _g_counts  # events admitted, by reason

    cdef Row _g_refuse(self, str reason)
    cdef Row _g_row(self, x)
    cdef Row _g_inside(self, Row row)
    cdef int _g_admit(self, Row row) except -1
    cdef object _g_served(self, Row row)
