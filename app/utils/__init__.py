"""Pure functions: no I/O and no import of the app."""
