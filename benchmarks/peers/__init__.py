"""Other programs that stand beside Marquee in the measurements."""
