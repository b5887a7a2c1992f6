"""Natural persons: who they are, what proves it, and what the population register says."""
