"""Law: what iiscnfg exports it reads back unchanged."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.companions.metabase_xml import ITEM_MARK, render_keys
from bindctl.companions.metabase_xml_reader import parse_keys
from bindctl.metabase.tree import make_tree

# Whatever XML can hold: no other control characters, surrogates or non-characters.
TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cs", "Cc"],
        include_characters="\n\t\r",
        exclude_characters=f"\ufffe\uffff{ITEM_MARK}",
    ),
    max_size=12,
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "ServerComment": TEXT,
        "ServerBindings": st.lists(TEXT, max_size=4).filter(
            lambda items: items != [""]
        ),
        "CacheISAPI": st.booleans(),
        "CGITimeout": st.integers(0, 0xFFFFFFFF),
        "SSLCertHash": st.binary(max_size=4).map(bytes.hex),
        "SslFlags": st.integers(0, 3),
        "AuthFlags": st.integers(0, 0x1F),
        "NotOfIis": st.one_of(TEXT, st.booleans(), st.integers(0, 9)),
    },
)


@given(VALUES)
@example({"ServerBindings": ["a\n\t\t\tb", "", "    "]})
@example({"ServerComment": "\r\n &amp; &#9;"})
def test_an_export_is_read_back(values: dict[str, object]) -> None:
    """A site moved to another metabase is the same site."""
    key = make_tree({"w3svc": {"1": values}}).find("w3svc", "1")
    assert key is not None
    rendered = render_keys([key])
    assert rendered.left_out == ()
    parsed = parse_keys(rendered.text.encode("utf-8"))
    assert parsed.left_out == ()
    (found,) = parsed.keys
    assert found.path == ("W3SVC", "1")
    assert found.key_type == "IIsWebServer"
    assert found.values == values
