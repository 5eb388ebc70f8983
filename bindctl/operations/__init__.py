"""The use cases that every face and every script calls.

An operation takes plain values, returns a result value or raises `BindctlError`; it
never prints and never exits.
"""
