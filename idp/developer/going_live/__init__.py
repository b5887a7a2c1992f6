"""From the sandbox into production, on the side of the team."""
