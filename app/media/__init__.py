"""What we know about media, as pure functions: no I/O beyond the bytes that they are given."""
