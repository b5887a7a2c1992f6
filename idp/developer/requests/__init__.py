"""The requests of an app as they come, for its team."""
