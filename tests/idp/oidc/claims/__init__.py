"""What clients ask of a person, and what they get."""
