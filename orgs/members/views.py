"""People and their roles; the organization a person acts for; invitations."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hub.lib.errors import Invalid, NotFound
from orgs.accounts.actor import Actor, Right, Role
from orgs.accounts.requests import actor_of, told, user_of
from orgs.accounts.rights import need
from orgs.members import invitations, selectors, services
from orgs.members.forms import InviteForm, NewAccountForm, RoleForm


@login_required
@require_POST
def switch_organization(request: HttpRequest) -> HttpResponse:
    """Act for another of one's organizations, then go back to where one was."""
    chosen = request.POST.get("organization", "")
    own = selectors.memberships_of(request.user)
    if chosen not in {str(each.organization_id) for each in own}:
        raise NotFound
    request.session[selectors.ACTING] = chosen
    back = request.POST.get("next", "")
    # A path of this site only; whoever made the form cannot send people elsewhere.
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe and back.startswith("/") else "home")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest) -> HttpResponse:
    """The people of the acting organization; a POST invites one more."""
    actor = actor_of(request)
    need(actor, Right.MEMBERS)
    organization, role = selectors.organization_of(actor), request.GET.get("role", "")
    form = InviteForm(request.POST or None)
    if form.is_valid():
        return _invited(request, actor, form)
    rows = [
        (each, RoleForm(initial={"role": each.role}, auto_id=f"id_{each.pk}_%s"))
        for each in selectors.people_of(organization.pk)
        if role in ("", each.role)
    ]
    found = {
        "form": form,
        "rows": rows,
        "invitations": selectors.invitations_of(organization.pk),
        "appointed": services.APPOINTED,
        "roles": list(map(str, Role)),
        "chosen": role,
    }
    return render(request, "orgs/members/members.html", found)


def _invited(request: HttpRequest, actor: Actor, form: InviteForm) -> HttpResponse:
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    organization = selectors.organization_of(actor)
    with told(request, f"Invited {email} as {role}."):
        invitations.invite(
            actor=actor, organization=organization, email=email, role=role
        )
    return redirect("members")


@login_required
@require_POST
def member_role(request: HttpRequest, pk: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Invalid("Not a role that can be given here.", code="bad-role")
    role = Role(form.cleaned_data["role"])
    with told(request, "The role was changed."):
        services.change_role(actor=actor_of(request), membership_id=pk, role=role)
    return redirect("members")


@login_required
@require_POST
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    with told(request, "The person no longer belongs to the organization."):
        services.remove_member(actor=actor_of(request), membership_id=pk)
    return redirect("members")


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    with told(request, "The invitation was withdrawn."):
        invitations.withdraw_invitation(actor=actor_of(request), invitation_id=pk)
    return redirect("members")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, pk: UUID, secret: str) -> HttpResponse:
    """Behind the link: sign in, or make an account; then join."""
    found = invitations.open_invitation(pk, secret)
    account, user = invitations.account_of(found), user_of(request)
    known = account is not None and account.has_usable_password()
    form = None if user or known else NewAccountForm(request.POST or None)
    if account and form:
        form.initial["name"] = account.name
    if request.method == "POST" and (form.is_valid() if form else user):
        words = form.cleaned_data if form else {"name": "", "password": ""}
        try:
            joined = invitations.accept_invitation(
                invitation_id=pk,
                secret=secret,
                user=user,
                name=words["name"],
                password=words["password"],
            )
        except Invalid as error:
            if form is None:
                raise
            form.add_error(None, error.detail)
        else:
            messages.success(request, f"You belong to {joined.organization} now.")
            return redirect("home" if user else "sign-in")
    mine = user is not None and user.email.lower() == found.email.lower()
    page = {"invitation": found, "form": form, "known": known, "mine": mine}
    return render(request, "orgs/members/invitation.html", page)
