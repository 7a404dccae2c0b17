"""What staff say of an organization, and whom they invite."""

from typing import Any
from uuid import UUID

from django import forms

from orgs.accounts.actor import Role
from orgs.accounts.forms import dress
from orgs.accounts.models import Organization
from sharing.lookup import limits

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


class ReasonForm(forms.Form):
    """What takes a code of the second factor, and a reason that is put on record."""

    reason = forms.CharField(label="Reason", max_length=200)
    code = forms.CharField(
        label="Code of your second factor",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class LimitForm(ReasonForm):
    collection = forms.ChoiceField(label="Collection")
    kind = forms.ChoiceField(
        label="Type", choices=[(kind, kind.replace("_", " ")) for kind in limits.KINDS]
    )
    most = forms.IntegerField(
        label="Look-ups a day",
        min_value=0,
        max_value=limits.MOST,
        required=False,
        help_text="Empty gives the usual limit back.",
    )
    field_order = ("collection", "kind", "most", "reason", "code")

    def __init__(
        self, *args: Any, streams: list[tuple[UUID, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["collection"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is, see above
        field.choices = [(str(pk), title) for pk, title in streams]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        found = self.cleaned_data
        return {
            "collection_id": UUID(found["collection"]),
            "kind": found["kind"],
            "most": found["most"],
            "reason": found["reason"],
        }
