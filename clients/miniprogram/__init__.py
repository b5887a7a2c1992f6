"""A mini-program that signs people in (`app/`), and its back end (`server/`)."""
