"""Whoever approves apps: requests of teams, with what they ask for and why, and the word on them."""
