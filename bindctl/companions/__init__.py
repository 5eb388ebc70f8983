"""The commands people scripted IIS with beside adsutil, word for word.

`bindctl iisreset`, `iisweb`, `iisvdir`, `iisback`, `iiscnfg` and `appcmd`: a face of
`bindctl.operations` for scripts written against them. ``docs/reference/companions.md``
says what they print, and from which sources that is known. Nothing here is bindctl's
own notation.
"""
