"""Which certificate for this ClientHello, which site for this request.

The compiled plan is the only thing that answers; the slow oracle in the tests and
`explain` its commentary. The rules are those of http.sys.
"""
