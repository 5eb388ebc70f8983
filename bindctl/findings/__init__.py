"""What can be wrong, as values: the table of codes, findings, reports, exit statuses.

Nothing here judges: rules live beside what they judge and yield `Finding`s.
"""
