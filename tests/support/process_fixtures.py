"""process fixtures."""
