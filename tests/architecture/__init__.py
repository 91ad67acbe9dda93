"""What holds for all of the code."""
