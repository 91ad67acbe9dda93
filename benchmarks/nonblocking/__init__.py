"""What heavy work and waiting do to the others: the naive way, Marquee's way, and Express's."""
