"""What deep pages and searches cost: the page at row 800,000 of a million, and words in 50,000 posts."""
