"""Tokens of a team by which programs register its apps."""
