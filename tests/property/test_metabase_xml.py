"""Laws: what iiscnfg exports it reads back unchanged; what it reads it exports again."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.companions.metabase_xml import ITEM_MARK, escape, parse_keys, render_keys
from bindctl.metabase.tree import Key, make_tree

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
    (found,) = parse_keys(rendered.text.encode("utf-8")).keys
    assert found.left_out == []
    assert found.path == ("W3SVC", "1")
    assert found.key_type == "IIsWebServer"
    assert found.values == values
    again = make_tree({"w3svc": {"1": found.values}}).find("w3svc", "1")
    assert again is not None
    assert render_keys([again]).text == rendered.text


WORDS = st.text("abcXYZ_019 |", min_size=1, max_size=8)
CUSTOMS = st.dictionaries(
    st.sampled_from(
        ["UnknownName_9202", "Other", "AccessFlags", "SSLCertHash", "Path"]
    ),
    st.tuples(
        WORDS, st.sampled_from(["DWORD", "BINARY", "STRING"]), WORDS, WORDS
    ).filter(lambda parts: "SECURE" not in parts[3]),
)


@given(CUSTOMS, st.sampled_from(["IIsWebServer", "IIsConfigObject"]))
def test_custom_properties_survive(
    customs: dict[str, tuple[str, ...]], tag: str
) -> None:
    """ID, Type, UserType and Attributes are what another IIS knows a property by."""
    written = [
        f'\t<Custom\n\t\tName="{name}"\n\t\tID="{escape(parts[0])}"\n\t\tValue="10"\n'
        f'\t\tType="{parts[1]}"\n\t\tUserType="{escape(parts[2])}"\n'
        f'\t\tAttributes="{escape(parts[3])}"\n\t/>\n'
        for name, parts in sorted(customs.items())
    ]
    empty = render_keys([_key({}, tag)]).text
    text = empty.replace("\t>\n", f"\t>\n{''.join(written)}", 1)
    (found,) = parse_keys(text.encode("utf-8")).keys
    assert found.left_out == []
    rendered = render_keys([_key(found.values, tag)])
    assert (rendered.text, rendered.left_out) == (text, ())


def _key(values: dict[str, object], tag: str) -> Key:
    own = {"KeyType": "IIsObject"} if tag == "IIsConfigObject" else {}
    key = make_tree({"w3svc": {"1": {**own, **values}}}).find("w3svc", "1")
    assert key is not None
    return key
