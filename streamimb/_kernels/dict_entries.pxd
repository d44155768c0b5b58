# The entries of a dict in their order, as `PyDict_Next` gives them, without a call for each.
#
# A third of the time of a learner of 30 numbers is spent in the two calls per entry that `PyDict_Next` makes. The
# declarations of CPython itself, which belong to the interpreter this is compiled for, say where the entries of a dict
# with str keys are. Other dicts, other versions and interpreters without a GIL take `PyDict_Next`.
from cpython.object cimport PyObject

cdef extern from *:
    """
    #if defined(PYPY_VERSION) || defined(Py_GIL_DISABLED) || PY_VERSION_HEX >= 0x030E0000
    #define next_entry PyDict_Next
    #else
    #ifndef Py_BUILD_CORE
    #define Py_BUILD_CORE
    #include "internal/pycore_dict.h"
    #undef Py_BUILD_CORE
    #else
    #include "internal/pycore_dict.h"
    #endif
    static CYTHON_INLINE int next_entry(PyObject *event, Py_ssize_t *at, PyObject **key, PyObject **value) {
        PyDictKeysObject *keys = ((PyDictObject *)event)->ma_keys;
        if (((PyDictObject *)event)->ma_values != NULL || !DK_IS_UNICODE(keys))
            return PyDict_Next(event, at, key, value);
        PyDictUnicodeEntry *entry = DK_UNICODE_ENTRIES(keys) + *at;
        PyDictUnicodeEntry *end = DK_UNICODE_ENTRIES(keys) + keys->dk_nentries;
        while (entry < end && entry->me_value == NULL)  /* deleted */
            entry++;
        if (entry >= end)
            return 0;
        *key = entry->me_key;
        *value = entry->me_value;
        *at = entry + 1 - DK_UNICODE_ENTRIES(keys);
        return 1;
    }
    #endif
    """
    bint next_entry(dict event, Py_ssize_t* at, PyObject** key, PyObject** value) noexcept
