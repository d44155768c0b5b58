"""Exit codes: 0 done, 2 wrong configuration, 75 try again later, 1 a fault of streamimb.

As for any program, 130 is an interrupt, and 141 a closed stdout.
"""

OK, FAULT, CONFIGURATION, RETRY, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 75, 130, 141
