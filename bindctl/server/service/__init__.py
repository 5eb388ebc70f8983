"""The service: supervisor, workers as processes, control, status."""
