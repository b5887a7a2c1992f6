"""The space of an organisation: its people, what they may do, what happened."""
