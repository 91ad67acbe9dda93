"""Files made to harm, and what becomes of them."""
