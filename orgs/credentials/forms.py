"""A new API key."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms

from orgs.accounts.actor import SCOPES, Right, Role
from orgs.accounts.forms import dress

ROLES = [(str(role), str(role).title()) for role in (Role.MANAGER, Role.ANALYST)]
MEANING = {
    Right.READ: "Read: look up and pull what is released to us",
    Right.SUBMIT: "Submit: send indicators",
    Right.WITHDRAW: "Withdraw: take our own indicators back",
    Right.EXPORT: "Export: download files",
    Right.KEYS: "Keys: fetch the token keys of our collections",
    Right.AUDIT: "Audit: look into agreements, and simulate drafts",
}


class CredentialForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="Which of your systems uses it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Acts as", choices=ROLES)
    scopes = forms.MultipleChoiceField(
        label="May",
        choices=[(str(right), MEANING[right]) for right in MEANING if right in SCOPES],
        initial=[str(Right.READ), str(Right.SUBMIT)],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="In UTC. Without one it lives until it is revoked.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    addresses = forms.CharField(
        label="Only from these addresses",
        required=False,
        help_text="One per line, such as 192.0.2.7 or 2001:db8::/32. Empty: anywhere.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def wanted(self) -> dict[str, Any]:
        """What the service takes, from what the person wrote."""
        words = self.cleaned_data
        last = words["expires_on"]
        return {
            "name": words["name"],
            "role": Role(words["role"]),
            "scopes": words["scopes"],
            "expires_at": last and datetime.combine(last, time.max, UTC),
            "addresses": words["addresses"].split(),
        }
