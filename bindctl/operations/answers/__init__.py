"""The answer to a request, and the differences between two configurations."""
