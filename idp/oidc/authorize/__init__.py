"""The authorization endpoint: what is asked, and whether it may be asked."""
