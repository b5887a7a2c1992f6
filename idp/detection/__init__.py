"""Detection: rules in readable files, looked for in the log as it is written, or in what it holds already."""
