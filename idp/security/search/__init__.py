"""Looking for events: the form, searches that are saved, what is taken out."""
