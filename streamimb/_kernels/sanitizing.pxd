# What other kernels may use of the cleaning of one event without going through Python.
from streamimb._kernels.schema_check cimport SchemaCheck


cdef class Cleaned:
    cdef readonly object x  # the cleaned event; the event itself where nothing was changed
    cdef readonly bint learnable
    cdef readonly list reasons
    cdef bint as_read  # a row of the event before cleaning shows the cleaned event too
    cdef list left_out  # names that were left out, where nothing else was changed; else None
    cdef bint unknown  # the event has a name that is not in the schema
    # evidence for an inferred schema, beside what `SchemaCheck.count` finds in x
    cdef list found  # codes of a field and a kind (see `SchemaCheck.adjust`)
    cdef list withdrawn  # codes of converted values: `count` finds them in x, but the event had another kind
    cdef list strangers  # names and kinds that have no rule, or may change one

    cdef int _say(self, str code, name) except -1
    cdef object _configured(self, SchemaCheck check, Py_ssize_t rule, name, raw)
    cdef object _number(self, SchemaCheck check, Py_ssize_t rule, name, raw)
    cdef object _string(self, SchemaCheck check, Py_ssize_t rule, name, raw)
    cdef object _bool(self, SchemaCheck check, Py_ssize_t rule, name, raw)
    cdef object _distrust(self, str code, name)
    cdef object _appraised(self, SchemaCheck check, Py_ssize_t rule, name, raw, bint first)
    cdef int _note(self, SchemaCheck check, Py_ssize_t rule, name, Py_ssize_t kind, bint kept) except -1
    cdef bint _check_values(self, SchemaCheck check, dict event, kept, list changes, bint doubtful) except -1


cdef Cleaned clean(SchemaCheck check, dict x, bint doubtful)
