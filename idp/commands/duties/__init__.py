"""What a worker does every so often."""
