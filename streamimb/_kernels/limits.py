# cython: language_level=3
"""Limits that several kernels share; a kernel declares them as C numbers of its own."""

FINITE = 1.7976931348623157e308  # the largest finite number
LARGEST_VALUE = 1e15  # a larger value of a field is not believed
WEIGHT_CAP = 1e15  # a larger weight counts as this
