"""Candidates that may mend a finding, to be tried on a copy."""
