"""Generated calls from the API document."""
