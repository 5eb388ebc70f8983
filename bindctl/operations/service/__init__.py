"""The running service: started, reset, stopped, asked."""
