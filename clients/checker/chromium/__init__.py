"""The application in a real Chromium, for sign-ins that scripts make: single-page apps.

Needs Playwright: `launching` says so where it is missing, and is imported before the rest.
"""
