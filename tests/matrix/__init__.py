"""Who may do what, through every door, and what hostile input comes to: generated from the route table."""
