"""Benchmarks: ratios against a stated limit, both measured in the same run. `make bench` prints the table."""
