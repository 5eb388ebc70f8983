"""Questions to a running service over real connections."""
