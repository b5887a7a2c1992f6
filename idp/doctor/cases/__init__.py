"""Everything that can go wrong, by concern."""
