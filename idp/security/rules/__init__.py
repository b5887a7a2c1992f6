"""The rules of detection, on pages, and tried on days that have passed."""
