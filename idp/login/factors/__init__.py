"""The means of proof, one a file. They check; the views record what was proved."""
