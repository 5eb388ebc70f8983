"""What mends a finding: candidates, to be tried on a copy."""
