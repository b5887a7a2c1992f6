"""Fuzzing of the picture decoder: a mutator that knows the formats, and the target that it is aimed at.

Run by `python -m bench.fuzz_images` for as long as wanted, and by the tests for a moment.
"""
