"""No count that is small is told, nor can it be worked out from what is."""

from itertools import permutations, product

from hypothesis import given
from hypothesis import strategies as st

from sharing.insights.suppressing import is_small, told, told_together

Said = tuple[tuple[int | None, ...], int | None]
COUNTS = st.dictionaries(st.integers(0, 9), st.integers(0, 40), max_size=6)


@given(COUNTS)
def test_shown_counts_are_true_and_never_small(counts: dict[int, int]) -> None:
    found = told(counts)
    for key, shown in found.cells.items():
        assert shown is None or (shown == counts[key] and not is_small(shown))
    assert found.total in (None, sum(counts.values()))


@given(COUNTS)
def test_everything_is_told_when_nothing_is_small(counts: dict[int, int]) -> None:
    large = {key: 0 if is_small(count) else count for key, count in counts.items()}
    assert told(large).cells == large


@given(COUNTS)
def test_hidden_counts_could_stand_in_each_others_places(
    counts: dict[int, int],
) -> None:
    """So that nobody who knows the rule can tell which is which."""
    found = told(counts)
    hidden = [key for key, shown in found.cells.items() if shown is None]
    if not hidden or found.total is None:
        return
    numbers = [counts[key] for key in hidden]
    assert len(set(numbers)) > 1
    for others in list(permutations(numbers))[:24]:
        assert told({**counts, **dict(zip(hidden, others, strict=True))}) == found


def test_no_cell_can_be_worked_out_from_any_small_table() -> None:
    """All tables of three cells: each hidden cell has two possible numbers at least."""
    seen: dict[Said, list[tuple[int, ...]]] = {}
    for numbers in product(range(10), repeat=3):
        found = told(dict(enumerate(numbers)))
        key = (tuple(found.cells.values()), found.total)
        seen.setdefault(key, []).append(numbers)
    for said, tables in seen.items():
        for place, shown in enumerate(said[0]):
            if shown is None:
                assert len({numbers[place] for numbers in tables}) > 1, said


@given(COUNTS)
def test_sum_that_one_table_hides_is_told_by_no_other(counts: dict[int, int]) -> None:
    whole = {0: sum(counts.values())}
    several, one = told_together([counts, whole])
    if is_small(whole[0]) or told(counts).total is None:
        assert several.total is one.total is None
        assert not any(counts.values()) or None in one.cells.values()
    else:
        assert several == told(counts)
        assert one == told(whole)
