"""What discovery advertises, tried: one function for each promise."""
