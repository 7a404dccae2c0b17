"""Sign-in and the way to a new password."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hub.lib.errors import Problem
from orgs.accounts import attempts
from orgs.accounts.address import client_address
from orgs.accounts.models import User

if TYPE_CHECKING:
    _SetPasswordForm = SetPasswordForm[User]
else:
    _SetPasswordForm = SetPasswordForm

ACTION = "sign-in"


def dress(form: forms.BaseForm) -> None:
    """Give every control the class that the style sheets know."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.CheckboxSelectMultiple):
            field.widget.attrs["class"] = "form-check-input"
        elif isinstance(field.widget, forms.Select):
            field.widget.attrs["class"] = "form-select"
        else:
            field.widget.attrs["class"] = "form-control"


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("This e-mail address and password do not belong together."),
        "inactive": _("This e-mail address and password do not belong together."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["password"].label = _("Password")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True}
        )
        dress(self)

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username", "")
        address = client_address(self.request) if self.request else None
        try:
            attempts.count(ACTION, address, email)
        except Problem as problem:
            raise ValidationError(problem.detail, code=problem.code) from problem
        cleaned: dict[str, Any] = super().clean()
        attempts.forget(ACTION, address, email)
        return cleaned


class CodeForm(forms.Form):
    """The code of a second factor; every form that asks for one names the field `code`."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="The six digits that your authenticator shows now.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class AnyCodeForm(CodeForm):
    """Takes a recovery code too, which has letters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "code"
        ].help_text = (
            "The six digits that your authenticator shows now, or a recovery code."
        )
        del self.fields["code"].widget.attrs["inputmode"]


class PasswordForm(forms.Form):
    """The password once more: a session that was left open must not be enough."""

    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class PasswordAndCodeForm(PasswordForm, AnyCodeForm):
    field_order = ["password", "code"]


class PasswordLinkForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class NewPasswordForm(_SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
