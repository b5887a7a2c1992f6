"""The checker of integrations: what it finds, and what it says of it."""
