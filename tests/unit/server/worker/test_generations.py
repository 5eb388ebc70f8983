"""A memory that hostile keys cannot empty."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bindctl.server.worker.generations import Generations


@given(st.lists(st.integers(0, 20)), st.integers(1, 8))
def test_what_was_asked_for_lately_is_kept(keys: list[int], limit: int) -> None:
    """A peer with ever new keys would cost everybody else what is remembered."""
    memory: Generations[int, int] = Generations(limit)
    for at, key in enumerate(keys):
        recent = list(dict.fromkeys(reversed(keys[:at])))[:limit]
        found = memory.get(key)
        assert found in {None, key}
        assert (found == key) or key not in recent
        if found is None:
            memory.put(key, key)
        assert len(memory) <= 2 * limit


def test_everything_can_be_forgotten() -> None:
    """Another plan would be answered from the memory of this one."""
    memory: Generations[int, int] = Generations(1)
    memory.put(1, 1)
    memory.put(2, 2)
    assert (memory.get(1), memory.get(2)) == (1, 2)
    memory.clear()
    assert (memory.get(1), memory.get(2), len(memory)) == (None, None, 0)
