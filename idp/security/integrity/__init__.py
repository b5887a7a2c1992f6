"""Whether the log is whole, on a page."""
