"""Who may do what, through every door: generated from the route table and the permission table."""
