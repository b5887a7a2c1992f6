"""Whole sign-ins, as people do them: real servers, a real browser, a virtual person at the camera."""
