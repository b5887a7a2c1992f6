"""How much clients use: counts and latencies by the hour, kept in memory and written every few minutes."""
