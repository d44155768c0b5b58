# cython: language_level=3
"""Limits that several kernels share; each kernel declares them as C numbers."""

FINITE = 1.7976931348623157e308  # the largest finite number
LARGEST_VALUE = 1e15  # a larger value of a field counts as missing
WEIGHT_CAP = 1e15  # a larger weight counts as this
LARGEST_RATE = 1e6  # of learning
LARGEST_COEFFICIENT = (
    1e100  # of a linear model, and of its sums of squared gradients: sums of them stay finite
)
RATE_FLOOR = 1e-6  # the lowest rate of our samplers: the shift stays finite
MOST_COPIES = 1e6  # of one event
MOST_CLASSES = (
    100  # by name, of one service: each is stored with every event that waits, and measured by itself
)
CLASS_FLOOR = 1e-7  # a smaller probability of a class counts as this before it is corrected
COST_CAP = 1e100  # a larger cost is not usable: the product with a weight has to be finite
SHARE_FLOOR = 1e-9  # a smaller share or prior of a class counts as this
LARGEST_SQUARED = 1e100  # a larger number is not squared: squares and their sums stay finite
LEAST_NORMAL = 2.2250738585072014e-308  # the least normal double: a smaller number is read as 0
EDGE = 1e-12  # probabilities that are served or turned into log-odds stay this far from 0 and 1
BASIS_COORDINATES = 98  # of a number: excess, 64 hats, 33 intervals (`basis.py`)
MOST_GROUPS = 8  # of classes, by which the edges of a basis are placed
GROUP_EDGES = 16  # of each of them
CLASS_BASIS_COORDINATES = 66 + MOST_GROUPS * GROUP_EDGES  # excess, 64 hats, and one interval more than edges
MOST_BASIS_FIELDS = 1 << 16  # numbers with a basis
MOST_PAIRED_FIELDS = 16  # of which all pairs are taken: 120
MOST_PAIRS = 1_000  # that are listed
SMALLEST = 5e-324  # the least number above 0
LEAST_PROBABILITY = 1e-300  # a smaller probability counts as this where its logarithm is taken
DUST = 1e-200  # a smaller decayed sum counts as 0: denormal numbers are slow
NOWHERE = float("nan")  # an offset that differs from every offset
FIRST_RENEWAL = 200  # labelled events before edges are computed for the first time
LEAST_OF_A_GROUP = 20  # values of a group of classes that give no edges yet
GROUP_GROWTH = 4  # of the labels of a group that renew the edges before their time
GROWTH = 2.5  # of the number of labelled events between two renewals of edges
LARGEST_FLOAT = 1.01e15  # the largest value of a field, rounded to 4 bytes
NEAREST = 1e-9  # scores and answers of experts count as this far from 0 and 1
SWITCH = 1e-4  # part of a share that returns to its start at every label (fixed share)
M64 = 0xFFFFFFFFFFFFFFFF  # the largest number of 64 bits
GOLDEN = 0x9E3779B97F4A7C15  # the increment of splitmix64
MOST_PARTS = 10_000  # of a path: a weight of 10^15 at log-odds of -1,000 takes 1,400
LONGEST_PART = 0.5  # the largest change of log-odds in one part of a path
MOST_STATISTICS = 1e9  # numbers of categories in a memo
MOST_EXPERTS = 1 << 16  # of one mixture
HIGHEST_RATE = 1_000.0  # the highest rate of samplers that balance classes, in copies of one event
