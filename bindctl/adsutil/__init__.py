"""The command `adsutil`: the administration script of IIS 6, word for word.

A face of `bindctl.operations` for scripts written against adsutil.vbs: same command
lines, same lines of output, same errors. ``docs/reference/adsutil.md`` says what it
prints, and from which sources that is known. Nothing here is bindctl's own notation;
that is `cli`.
"""
