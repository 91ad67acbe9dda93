"""Measurements of speed and memory, as scripts; figures in RESULTS.md."""
