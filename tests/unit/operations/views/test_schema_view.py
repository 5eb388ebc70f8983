"""What a property is."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema_data import PROPERTIES
from bindctl.operations.views.schema_view import describe_properties, describe_property


def test_describes_every_property() -> None:
    """None is left out of the list."""
    assert [view.name for view in describe_properties()] == list(PROPERTIES)


def test_a_flag_leads_to_its_property() -> None:
    """As get and set take either name."""
    view = describe_property("accessread")
    assert (view.name, view.flags["AccessRead"]) == ("AccessFlags", 1)
    assert view.is_inherited
    assert view.server_use


def test_a_property_that_stands_anywhere_names_no_key_type() -> None:
    """KeyType is of every key."""
    assert describe_property("KeyType").key_types == ()
    assert describe_property("CertHash").key_types == ("HttpSslCertificate",)


def test_a_misspelling_leads_to_the_nearest_name() -> None:
    """The next step is the name that was meant."""
    with pytest.raises(BindctlError) as caught:
        describe_property("ServerBinding")
    assert caught.value.hint == "did you mean ServerBindings?"
