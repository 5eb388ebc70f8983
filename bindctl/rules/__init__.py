"""Everything that yields findings."""
