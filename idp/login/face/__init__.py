"""The face step, whoever asks for it: consent, camera, verdict; the engine is behind `factors.face`."""
