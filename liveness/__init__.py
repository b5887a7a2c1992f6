"""Server-side face liveness."""
