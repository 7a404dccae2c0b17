"""The form of a saved filter: conditions to choose, from what one may read."""

from collections.abc import Sequence
from typing import Any

from django import forms

from sharing import vocabulary as v
from sharing.inbox import filters
from sharing.inbox.choosing import Choices
from sharing.inbox.filters import FilterView, Order


def _words(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(each, each.replace("_", " ")) for each in words]


def _many(label: str, words: Sequence[str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=_words(words),
        widget=forms.SelectMultiple(attrs={"class": "form-select", "size": 5}),
    )


class FilterForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=filters.NAME,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    collection = forms.ChoiceField(
        label="Collection",
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    contributor = forms.ChoiceField(
        label="Contributor",
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    confidence = forms.IntegerField(
        label="Confidence, at least",
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )
    types = _many("Types", [*map(str, v.IndicatorKind)])
    scam_types = _many("Scam types", [*map(str, v.ScamType)])
    tlp = _many("TLP", [*map(str, v.Tlp)])
    personal = forms.BooleanField(
        label="Tell me alone, not the whole organization",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, choices: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, known in (
            ("collection", choices.collections),
            ("contributor", choices.contributors),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            rows = [(str(pk), said) for pk, said in known.items()]
            field.choices = [("", "any"), *rows]

    @staticmethod
    def initial_of(found: FilterView) -> dict[str, Any]:
        return {"name": found.name, **found.wanted.stored()}

    def order(self) -> Order:
        """As the API takes it."""
        said = self.cleaned_data
        names = ("collection", "contributor", "types", "scam_types", "tlp")
        where = {name: said[name] or None for name in names}
        where["confidence"] = said["confidence"]
        personal = bool(said.get("personal"))
        return filters.read(
            {"name": said["name"], "where": where, "personal": personal}
        )
