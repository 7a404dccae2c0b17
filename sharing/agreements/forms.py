"""Sign a Version; write a draft; suspend, resume, leave, end."""

from typing import Any

from django import forms

from orgs.accounts.forms import dress
from sharing.agreements.preview import SOURCE_MAX


def code_field() -> forms.CharField:
    """A code of the signatory's authenticator."""
    return forms.CharField(
        label="Code of your second factor",
        max_length=20,
        help_text="Six digits from your authenticator.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )


class SignForm(forms.Form):
    """Read, and confirmed: by hand and by the signatory's second factor."""

    text_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    read = forms.BooleanField(
        label="I have read the whole text and sign it for my organization."
    )
    code = code_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["read"].widget.attrs["class"] = "form-check-input"


class DraftForm(forms.Form):
    """The text of a Version, and the hash of the one it was written over."""

    source = forms.CharField(
        label="Text of the agreement, as YAML or JSON",
        max_length=SOURCE_MAX,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 34, "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["source"].widget.attrs["class"] = "form-control mono source"


class DocumentForm(forms.Form):
    """What counsel attaches."""

    document = forms.FileField(label="Document", max_length=255)


class ActForm(forms.Form):
    """Why an agreement is suspended, left or ended; and a code."""

    reason = forms.CharField(label="Reason, for the other parties", max_length=200)
    code = code_field()

    def __init__(self, *args: Any, reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not reason:
            del self.fields["reason"]
        dress(self)


class WithdrawForm(forms.Form):
    """Whose invitation is taken back."""

    slug = forms.SlugField(max_length=80)


class InviteForm(forms.Form):
    """Who may join a Version that is open to accession."""

    slug = forms.SlugField(label="Short name of the organization", max_length=80)
    hidden = forms.BooleanField(
        label="Other parties are not told of it", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["hidden"].widget.attrs["class"] = "form-check-input"
