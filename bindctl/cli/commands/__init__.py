"""The handlers of the commands: each calls an operation and shows its result."""
