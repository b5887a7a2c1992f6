"""What the security staff do about what they see: each deed with its reason, its effects, its way back."""
