"""How much an app uses, and what of it fails: page and export."""
