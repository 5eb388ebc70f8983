"""The commands people scripted IIS with beside adsutil, word for word.

`bindctl iisreset`, `iisweb`, `iisvdir`, `iisback`, `iiscnfg` and `appcmd`: a face of
`bindctl.operations` for scripts written against them. What they say and where that is
known from: ``docs/reference/companions.md``. Nothing here is bindctl's own notation.
"""
