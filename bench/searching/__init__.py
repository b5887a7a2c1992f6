"""Searching a large audit log: rows to search, questions to ask, what an index costs."""
