# cython: language_level=3
"""Limits that several kernels share; each kernel declares them as C numbers."""

FINITE = 1.7976931348623157e308  # the largest finite number
LARGEST_VALUE = 1e15  # a larger value of a field counts as missing
WEIGHT_CAP = 1e15  # a larger weight counts as this
