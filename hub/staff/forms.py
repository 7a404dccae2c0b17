"""What staff say of an organization, and whom they invite."""

from typing import Any

from django import forms

from orgs.accounts.actor import Role
from orgs.accounts.forms import dress
from orgs.accounts.models import Organization

KINDS = [(word, word.replace("_", " ")) for word in Organization.Kind.values]
POSTS = [
    (str(Role.MANAGER), "First manager"),
    (str(Role.SIGNATORY), "Signatory"),
]


class DetailsForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    jurisdiction = forms.CharField(
        label="Country", max_length=2, min_length=2, help_text="Two letters, as GB."
    )
    is_government = forms.BooleanField(
        label="It is part of a government",
        required=False,
        help_text="Clauses can exclude governments. Decide by what it is, not by its name.",
    )
    listed = forms.BooleanField(
        label="Every drafter may name it",
        required=False,
        help_text="If not, only organizations that share an agreement with it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        for name in ("is_government", "listed"):
            self.fields[name].widget.attrs["class"] = "form-check-input"


class NewForm(DetailsForm):
    slug = forms.SlugField(
        label="Short name",
        max_length=60,
        required=False,
        help_text="In texts of agreements, for ever. Made from the name if left out.",
    )


class PostForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label="As", choices=POSTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
