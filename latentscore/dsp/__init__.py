"""Signal processing over plain arrays: kernels and the numbers that they need. Knows nothing of music."""
