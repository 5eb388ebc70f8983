"""What a request gets, and what differs between two configurations."""
