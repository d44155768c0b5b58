# The entries of a dict, in their order, read in place: `PyDict_Next` makes two calls for each.
#
# CPython's own declarations say where the entries of a dict with str keys are. They hold for exactly the release that
# this was compiled with: any other release takes `PyDict_Next`, as do other dicts, and interpreters for which this was
# not tested.
from cpython.object cimport PyObject

cdef extern from *:
    """
    #if defined(_WIN32) || defined(PYPY_VERSION) || defined(Py_GIL_DISABLED) || PY_VERSION_HEX >= 0x030E0000
    static CYTHON_INLINE PyObject **entries_of(PyObject *event, Py_ssize_t *count) {
        (void)event; (void)count;
        return NULL;
    }
    #define next_entry PyDict_Next
    #else
    #define Py_BUILD_CORE
    #undef _PyGC_FINALIZED
    #if defined(__GNUC__)
    #pragma GCC diagnostic push
    #pragma GCC diagnostic ignored "-Wdeprecated-declarations"  /* CPython's own, in its header */
    #endif
    #include "internal/pycore_dict.h"
    #if defined(__GNUC__)
    #pragma GCC diagnostic pop
    #endif
    #undef Py_BUILD_CORE
    static CYTHON_INLINE PyObject **entries_of(PyObject *event, Py_ssize_t *count) {
        PyDictKeysObject *keys = ((PyDictObject *)event)->ma_keys;
        if (Py_Version != PY_VERSION_HEX || ((PyDictObject *)event)->ma_values != NULL || !DK_IS_UNICODE(keys))
            return NULL;
        *count = keys->dk_nentries;
        return (PyObject **)DK_UNICODE_ENTRIES(keys);
    }
    static CYTHON_INLINE int next_entry(PyObject *event, Py_ssize_t *at, PyObject **key, PyObject **value) {
        Py_ssize_t i = *at, count;
        PyObject **entries = entries_of(event, &count);
        if (entries == NULL)
            return PyDict_Next(event, at, key, value);
        while (i < count && entries[2 * i + 1] == NULL)  /* deleted */
            i++;
        if (i >= count)
            return 0;
        *key = entries[2 * i];
        *value = entries[2 * i + 1];
        *at = i + 1;
        return 1;
    }
    #endif
    """
    # Key and value alternately, NULL for the value of a deleted entry; NULL where they cannot be read in place.
    PyObject** entries_of(dict event, Py_ssize_t* count) noexcept
    bint next_entry(dict event, Py_ssize_t* at, PyObject** key, PyObject** value) noexcept
