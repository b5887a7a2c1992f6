"""What the rules found, on pages."""
