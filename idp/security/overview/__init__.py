"""How it goes: counts of nobody in particular."""
