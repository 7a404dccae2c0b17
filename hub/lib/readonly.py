"""The Django admin as a window: staff look, services change."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Model]
    _Inline = admin.TabularInline[Model, Model]
else:
    _Admin, _Inline = admin.ModelAdmin, admin.TabularInline


class _ReadOnly:
    """Staff may look at the fields that are named; nobody may add, change or delete."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_staff(request)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return _is_staff(request)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False


def _is_staff(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_active and getattr(user, "is_staff", False))


class ReadOnlyAdmin(_ReadOnly, _Admin):
    show_full_result_count = False
    list_per_page = 50

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        """Only what is shown can be asked for: Django lets an address ask every column.

        ?password__startswith= would spell a digest out, ?owner= tell whose release it is.
        """
        shown = {*map(str, self.list_display), *map(str, self.fields or ())}
        if request is None or lookup.partition("__")[0] not in shown:
            return False
        return super().lookup_allowed(lookup, value, request)


class ReadOnlyInline(_ReadOnly, _Inline):
    extra = 0
    can_delete = False
    show_change_link = True
