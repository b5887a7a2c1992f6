"""One file a grant type."""
