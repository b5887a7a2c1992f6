"""The service window: a clerk helps somebody who is there to sign in at the device before them."""
