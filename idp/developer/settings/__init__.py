"""Every field of an app's registration, explained; saving them; trying the app's logout."""
