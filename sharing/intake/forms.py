"""The form with which a person submits: paste or file, and what holds for all lines."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from sharing import vocabulary as v
from sharing.intake.tables import NV, VALUE_COLUMNS, header_of, renamed

BY_SUFFIX = {
    "csv": "text/csv",
    "tsv": "text/csv",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "ndjson": "application/x-ndjson",
}


def _choices(words: type[StrEnum], first: str | None = None) -> list[tuple[str, str]]:
    found = [(str(word), str(word).replace("_", " ")) for word in words]
    return found if first is None else [("", first), *found]


def _select(**attributes: str) -> forms.Select:
    return forms.Select(attrs={"class": "form-select", **attributes})


class SubmissionForm(forms.Form):
    lines = forms.CharField(
        label="Paste indicators",
        required=False,
        strip=False,
        help_text="One per line, defanged or not: domains, URLs, e-mail addresses,"
        " phone numbers, IP addresses, wallets, IBANs, accounts (telegram:name). CSV with"
        " a header and NDJSON work too, also with hashes (type, nv, digest or sha256)"
        " in place of values.",
        widget=forms.Textarea(
            attrs={
                "class": "form-control mono",
                "rows": 8,
                "placeholder": "hxxps://parcel-fee[.]example/pay",
                "spellcheck": "false",
                "autocomplete": "off",
                "autocapitalize": "none",
                "data-key": "n",
                "data-key-help": "Submit indicators",
                "data-check-box": True,
            }
        ),
    )
    file = forms.FileField(
        label="or choose a file",
        required=False,
        help_text="Plain list, CSV, JSON or NDJSON, up to 32 MB; gzip is unpacked.",
        widget=forms.ClearableFileInput(attrs={"class": "form-control"}),
    )
    format = forms.ChoiceField(
        label="Format",
        required=False,
        choices=[
            ("", "find out"),
            ("text/plain", "one value a line"),
            ("text/csv", "CSV with a header (commas, semicolons, tabs)"),
            ("application/x-ndjson", "NDJSON"),
            ("application/json", "JSON array"),
        ],
        widget=_select(),
    )
    type = forms.ChoiceField(
        label="Type",
        required=False,
        choices=_choices(v.IndicatorKind, "find out"),
        widget=_select(),
    )
    region = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label="Phone region",
        required=False,
        error_messages={"invalid": "Two letters, for example GB."},
        help_text="For numbers without a country code.",
        widget=forms.TextInput(
            attrs={"class": "form-control", "maxlength": 2, "placeholder": "GB"}
        ),
    )
    scam_type = forms.ChoiceField(
        label="Scam type",
        choices=_choices(v.ScamType),
        initial=v.ScamType.OTHER,
        widget=_select(),
    )
    role = forms.ChoiceField(
        label="Role in the scam",
        choices=_choices(v.Role),
        initial=v.Role.PERPETRATOR,
        widget=_select(),
    )
    tlp = forms.ChoiceField(
        label="TLP",
        choices=[(str(tlp), f"TLP:{tlp.upper()}") for tlp in v.Tlp],
        initial=v.Tlp.AMBER,
        widget=_select(),
    )
    confidence = forms.IntegerField(
        label="Confidence",
        min_value=0,
        max_value=100,
        initial=50,
        help_text="0 to 100.",
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    CARRIED = 2 * 1024 * 1024  # bytes of a file that a page brings back to be sent
    DEFAULTS = ("scam_type", "role", "tlp", "confidence", "type", "region")

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    @property
    def shared(self) -> list[forms.BoundField]:
        """The fields that hold for all lines, and how to read them."""
        return [self[name] for name in (*self.DEFAULTS, "format")]

    @property
    def columns(self) -> list[str]:
        """What the columns of a table are meant as, where somebody said so."""
        return self.data.getlist("column") if isinstance(self.data, QueryDict) else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pasted, file = bool((data.get("lines") or "").strip()), data.get("file")
        if self.too_large:
            self.add_error("file", "At most 32 MB here; larger files go by the API.")
        elif pasted and file:
            self.add_error("file", "Paste or choose a file, not both.")
        elif not (pasted or file) and not self.has_error("file"):
            self.add_error("lines", "Paste at least one line, or choose a file.")
        return data

    def defaults(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name) or "") for name in self.DEFAULTS}

    def body(self) -> tuple[Iterable[bytes], str, str]:
        """What was sent, its media type, and its content encoding."""
        pieces, media, encoding = self._sent()
        media = self.cleaned_data["format"] or media
        if self.columns and media == "text/csv" and not encoding:
            pieces = renamed(pieces, self.columns)
        return pieces, media, encoding

    def _sent(self) -> tuple[Iterable[bytes], str, str]:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            text: str = self.cleaned_data["lines"]
            return [text.encode()], pasted_type(text), ""
        name = (file.name or "").lower()
        encoding = "gzip" if name.endswith(".gz") else ""
        suffix = name.removesuffix(".gz").rpartition(".")[2]
        if encoding or suffix in BY_SUFFIX:
            return _pieces(file), BY_SUFFIX.get(suffix, "text/plain"), encoding
        head = file.read(4096).decode("utf-8", "replace")
        file.seek(0)
        return _pieces(file), pasted_type(head), ""

    def carried(self) -> str | None:
        """What was sent as text for a page that asks again; None: it must be sent anew."""
        file: UploadedFile | None = self.cleaned_data.get("file")
        if file is None:
            return str(self.cleaned_data.get("lines") or "")
        if (file.size or 0) > self.CARRIED or (file.name or "").endswith(".gz"):
            return None
        file.seek(0)
        data: bytes = file.read()
        file.seek(0)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None

    def again(self, text: str | None, media: str) -> "SubmissionForm":
        """The same form to be sent another time, with its file as text."""
        said = {name: self.data.get(name, "") for name in self.DEFAULTS}
        return SubmissionForm(initial={**said, "lines": text or "", "format": media})


def is_too_large(request: HttpRequest) -> bool:
    """Did the request bring more than uploads may hold? Then its file was not read."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    return length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def _pieces(file: UploadedFile) -> Iterator[bytes]:
    for piece in file.chunks():
        yield piece if isinstance(piece, bytes) else piece.encode()


def pasted_type(text: str) -> str:
    """The media type of text without a name: JSON by its first sign, CSV by its header."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return "application/x-ndjson"
    if start.startswith(("[{", '["', "[\n", "[\r", "[ ")):
        return "application/json"
    head = start.partition("\n")[0]
    names = {name.lower() for name in header_of(head.encode("utf-8", "replace"))}
    return "text/csv" if names & (VALUE_COLUMNS.keys() | {NV}) else "text/plain"
