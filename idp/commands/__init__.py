"""The operator's commands that belong to no room: serving, the worker, the database, keys."""
