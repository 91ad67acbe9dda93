"""browser fixtures."""
