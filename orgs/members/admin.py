"""Organizations and people for hub staff; every change goes through its service."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import CharField, ModelForm, TextInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from hub.lib.errors import Conflict, Forbidden, Invalid
from hub.lib.readonly import ReadOnlyAdmin
from orgs.accounts import second_factor
from orgs.accounts.actor import Role
from orgs.accounts.models import Organization, User
from orgs.accounts.requests import actor_of
from orgs.members import invitations, people, services
from orgs.members.models import Invitation, Membership

if TYPE_CHECKING:
    _OrganizationForm = ModelForm[Model]
else:
    _OrganizationForm = ModelForm


class ServiceAdmin(ReadOnlyAdmin):
    """Staff add and change through a service; what it refuses is said beside the form."""

    actions = None

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_view_permission(request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Conflict, Forbidden, Invalid) as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.path)


class OrganizationForm(_OrganizationForm):
    """What staff know of a member, and a code where they vouch for it."""

    code = CharField(
        label="Code of your second factor",
        required=False,
        max_length=20,
        help_text="Only for vouching.",
        widget=TextInput(attrs={"autocomplete": "one-time-code"}),
    )


@admin.register(Organization)
class OrganizationAdmin(ServiceAdmin):
    form = OrganizationForm
    list_display = (
        "name",
        "kind",
        "jurisdiction",
        "is_government",
        "vouched",
        "is_active",
    )
    list_filter = ("kind", "is_government", "listed", "vouched", "is_active")
    search_fields = ("name", "slug")
    fields = (
        "name",
        "slug",
        "kind",
        "jurisdiction",
        "is_government",
        "listed",
        "vouched",
        "code",
        "is_active",
    )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Use a code up before the transaction: a rollback would give it back."""
        if code := request.POST.get("code"):
            try:
                proven = second_factor.proven(actor_of(request), code)
            except Forbidden as refusal:
                self.message_user(request, refusal.detail, messages.ERROR)
                return HttpResponseRedirect(request.path)
            setattr(request, "actor", proven)  # noqa: B010 - Django's type has none
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> list[str]:
        return ["slug"] if obj else ["is_active"]

    def save_model(
        self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any
    ) -> None:
        facts = {
            "actor": actor_of(request),
            "name": obj.name,
            "kind": obj.kind,
            "jurisdiction": obj.jurisdiction,
            "is_government": obj.is_government,
            "listed": obj.listed,
        }
        if change:
            services.change_organization(
                organization_id=obj.pk, is_active=obj.is_active, **facts
            )
            services.vouch(actor=facts["actor"], slug=obj.slug, vouched=obj.vouched)
        else:
            obj.pk = services.create_organization(
                slug=obj.slug, vouched=obj.vouched, **facts
            ).pk


@admin.register(User)
class PersonAdmin(ServiceAdmin):
    """People come by invitation; here they are renamed and switched off."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    readonly_fields = ("email", "last_login", "date_joined")

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any
    ) -> None:
        people.change_person(
            actor=actor_of(request),
            user_id=obj.pk,
            name=obj.name,
            is_active=obj.is_active,
            is_staff=obj.is_staff,
        )


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    list_display = ("organization", "user", "role", "created_at")
    list_filter = ("role", "organization")
    list_select_related = ("organization", "user")
    fields = ("organization", "user", "role", "created_at")
    readonly_fields = ("organization", "user", "created_at")

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False  # by invitation

    def has_delete_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_view_permission(request)

    def save_model(
        self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any
    ) -> None:
        services.change_role(
            actor=actor_of(request), membership_id=obj.pk, role=Role(obj.role)
        )

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Conflict as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.remove_member(actor=actor_of(request), membership_id=obj.pk)


@admin.register(Invitation)
class InvitationAdmin(ServiceAdmin):
    """Staff invite the first manager and name the signatories of an organization."""

    list_display = ("email", "organization", "role", "created_at", "accepted_at")
    list_filter = ("organization",)
    fields = (
        "organization",
        "email",
        "role",
        "created_at",
        "expires_at",
        "accepted_at",
    )
    readonly_fields = ("created_at", "expires_at", "accepted_at")

    def has_change_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any
    ) -> None:
        made, _ = invitations.invite(
            actor=actor_of(request),
            organization=obj.organization,
            email=obj.email,
            role=Role(obj.role),
        )
        obj.pk = made.pk
