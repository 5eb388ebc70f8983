"""What every face shares: the terminal, the boundary where errors become words, exit."""
