"""Law of undoing: whatever is undone, in whatever order, it is as if it never came."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from sharing.indicators.claims import Facts
from sharing.indicators.reverting import Earlier, behind

PK = uuid4()
GONE = ""


@dataclass
class World:
    """One claim: what it says, who said so last, and what each submission remembers."""

    said: str = GONE
    source: int = 0
    known: dict[int, Earlier] = field(default_factory=dict)
    left: dict[int, Earlier] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)

    def send(self, number: int, text: str) -> None:
        there = self.source != 0
        same = there and text == self.said
        facts = None if same or not there else Facts(scam_type=self.said)
        source = (self.source, 1) if there else None
        self.known[number] = Earlier(PK, source, changed=not same, facts=facts)
        self.said, self.source = text, number

    def undo(self, number: int) -> None:
        earlier = self.known.pop(number)
        while earlier.source and earlier.source[0] in self.undone:
            earlier = behind(earlier, self.left.get(earlier.source[0]))
        self.undone.add(number)
        if self.source != number:
            self.left[number] = earlier
        elif earlier.source is None:
            self.said, self.source = GONE, 0
        else:
            self.source = earlier.source[0]
            if earlier.changed and earlier.facts:
                self.said = str(earlier.facts.scam_type)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.data())
def test_order_of_undoing_does_not_matter(texts: list[str], data: st.DataObject):
    world = World()
    for number, text in enumerate(texts, start=1):
        world.send(number, text)
    order = data.draw(st.permutations(range(1, len(texts) + 1)))
    undone = order[: data.draw(st.integers(0, len(texts)))]
    for number in undone:
        world.undo(number)
    rest = [(n, text) for n, text in enumerate(texts, start=1) if n not in undone]
    assert (world.source, world.said) == (rest[-1] if rest else (0, GONE))


def test_nothing_stays_shared_of_what_is_not_known_any_more():
    pk: UUID = PK
    later = Earlier(pk, (1, 1), changed=True, facts=Facts())
    assert behind(later, None).source is None


def test_text_that_was_to_be_forgotten_does_not_come_back_by_another_record():
    later = Earlier(PK, (2, 1), changed=True, facts=Facts(), forgot=True)
    left = Earlier(PK, (1, 1), changed=True, facts=Facts(note="n"), value="v.example")
    found = behind(later, left)
    assert found.facts is not None
    assert (found.value, found.facts.note, found.forgot) == (None, None, True)
    assert found.source == (1, 1)
