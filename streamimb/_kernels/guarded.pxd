# Fields and methods of a GuardedModel. The prefix keeps them apart from the attributes of its Python subclass.
from streamimb._kernels.ports cimport Model
from streamimb._kernels.row cimport Row
from streamimb._kernels.sanitizing cimport Cleaned
from streamimb._kernels.schema_check cimport SchemaCheck


cdef class GuardedModel(Model):
    cdef Model _guard_inner
    cdef SchemaCheck _guard_check
    cdef bint _guard_lent  # whether the model inside shares its reader
    cdef Py_ssize_t _guard_most  # most fields of an event
    cdef dict _guard_counts  # events admitted, by reason

    cdef object _guard_copy(self, x)
    cdef Cleaned _guard_clean(self, Row row, dict event, int verdict)
    cdef Row _guard_refuse(self, str reason)
    cdef Row _guard_row(self, x)
    cdef Row _guard_inside(self, Row row)
    cdef int _guard_admit(self, Row row) except -1
    cdef object _guard_served(self, Row row)
    cdef object _guard_served_classes(self, Row row, tuple classes, shares)
    cdef int _guard_learn_served(self, Row row, y, served) except -1
