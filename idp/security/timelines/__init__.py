"""One event, and everything around one person, client or session."""
