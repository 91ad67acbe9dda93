"""http fixtures."""
