"""The relying party's side: speaks HTTP with the provider and imports nothing of it."""
