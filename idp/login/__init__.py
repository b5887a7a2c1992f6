"""Signing in: the pages, the means of proof, enrolment and recovery."""
