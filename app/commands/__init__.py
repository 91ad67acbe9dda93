"""Commands for operators: thin, they call services."""
