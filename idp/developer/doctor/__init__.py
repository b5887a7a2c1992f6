"""What was behind an error reference: the doctor, for those whose app it was."""
