"""A sample relying party: a city's service hall. One program, several deployments."""
