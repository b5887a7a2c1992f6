"""What an app asks of people, and why: scopes, levels, who may come."""
