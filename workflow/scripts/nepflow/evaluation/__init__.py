"""Field data, published numbers, other choices, recovery of the truth."""
