"""Benchmarks: every figure that the project states, each printed by one command. None of them is a test."""
