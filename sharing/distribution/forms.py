"""Finding one's own claim by its value."""

from typing import Any

from django import forms

from orgs.accounts.forms import dress
from sharing.indicators.types.base import LENGTH_MAX


class FindForm(forms.Form):
    """The value as one has it; it is hashed to find the claim, and not kept."""

    value = forms.CharField(
        label="Find the claim about a value",
        max_length=LENGTH_MAX,
        help_text="Defanged or not. It is hashed to find your claim, and not kept.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "none",
                "placeholder": "parcel-fee[.]example",
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
