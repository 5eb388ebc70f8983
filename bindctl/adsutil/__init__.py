"""The command `adsutil`: the administration script of IIS 6, word for word.

A face of `bindctl.operations` for scripts written against adsutil.vbs: same command
lines, same lines of output, same errors. What it says and where that is known from:
``docs/reference/adsutil.md``. Nothing here is bindctl's own notation; that is `cli`.
"""
