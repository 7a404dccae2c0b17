"""The one box: paste or drop anything."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from sharing import vocabulary as v

BYTES = 4 * 1024 * 1024  # ten thousand URLs of ordinary length fit in
TOO_LARGE = _("At most 4 MB at once: look up the rest in a second go.")


class LookupForm(forms.Form):
    lines = forms.CharField(
        label=_("Values to look up"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "class": "form-control mono look__box",
                "rows": 4,
                "placeholder": "hxxps://parcel-fee[.]example/pay",
                "spellcheck": "false",
                "autocomplete": "off",
                "autocapitalize": "none",
                "aria-describedby": "look-hint",
                "data-look-box": True,
                "data-key": "/",
                "data-key-help": _("Look up"),
            }
        ),
    )
    file = forms.FileField(
        label=_("Choose a file"),
        required=False,
        widget=forms.FileInput(
            attrs={
                "class": "look__file",
                "accept": ".csv,.tsv,.txt,.ndjson,.jsonl,.json",
            }
        ),
    )
    type = forms.ChoiceField(
        label=_("Type"),
        required=False,
        choices=[
            ("", _("find out")),
            *((str(kind), str(kind).replace("_", " ")) for kind in v.IndicatorKind),
        ],
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )
    region = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("Phone region"),
        required=False,
        error_messages={
            "invalid": _("A phone region has two letters, for example GB.")
        },
        widget=forms.TextInput(
            attrs={
                "class": "form-control form-control-sm look__region",
                "maxlength": 2,
                "placeholder": "GB",
                "title": _("For telephone numbers without a country code"),
                "autocomplete": "off",
            }
        ),
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pasted, file = (data.get("lines") or "").strip(), data.get("file")
        if self.too_large or (file and file.size > BYTES):
            raise forms.ValidationError(TOO_LARGE)
        if pasted and file:
            raise forms.ValidationError(_("Paste or choose a file, not both."))
        if not (pasted or file or self.errors):
            raise forms.ValidationError(
                _("Paste at least one value, or choose a file.")
            )
        return data

    @property
    def sentences(self) -> list[str]:
        """All that is wrong with the whole, in words that need no field beside them."""
        return [str(said) for field in self.errors.values() for said in field]

    def text(self) -> str:
        file: UploadedFile | None = self.cleaned_data.get("file")
        if file is None:
            return str(self.cleaned_data["lines"])
        whole: bytes = file.read()
        return whole.decode("utf-8-sig", "replace")
