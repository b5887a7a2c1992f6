"""What one finds first: the teams that one is in, and their apps."""
