"""A team: its members, their roles, and who is invited."""
