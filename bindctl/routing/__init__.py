"""Decides which certificate a ClientHello gets and which site a request reaches.

Only the compiled plan answers; a slow oracle in the tests checks it, and `explain` adds
the reasons. The rules are those of http.sys.
"""
