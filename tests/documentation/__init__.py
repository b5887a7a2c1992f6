"""What the documentation says is tried: its snippets as they stand there, its tables, its links."""
