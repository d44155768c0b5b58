"""Measuring tools: `bench` for speed, `truth` for probabilities. Nothing in `streamimb` imports them.

Run them as modules from the root of the repository: `python -m benchmarks.truth`.
"""
