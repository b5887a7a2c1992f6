"""The history of an app: who changed what and when, and undoing it."""
