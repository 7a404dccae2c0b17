"""A person's own second factor, and the second step of signing in."""

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from hub.lib.errors import Conflict, Problem
from orgs.accounts import second_factor as factors
from orgs.accounts import waiting
from orgs.accounts.forms import (
    AnyCodeForm,
    CodeForm,
    PasswordAndCodeForm,
    PasswordForm,
)
from orgs.accounts.requests import actor_of, user_of
from orgs.accounts.second_factor import Enrolment
from orgs.members import second_factors as services

PAGE = "orgs/accounts/second_factor.html"
SET_UP = "orgs/accounts/second_factor_set_up.html"
CODES = "orgs/accounts/recovery_codes.html"
SIGN_IN = "orgs/accounts/sign_in_code.html"


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """After the right password: the code opens the session."""
    if user_of(request):
        return redirect("home")
    held = waiting.who(request)
    if held is None:
        return redirect("sign-in")
    user, onward = held
    form = AnyCodeForm(request.POST or None)
    if form.is_valid():
        try:
            services.pass_sign_in(user=user, code=form.cleaned_data["code"])
        except Problem as problem:
            form.add_error("code", problem.detail)
        else:
            waiting.end(request)
            login(request, user)
            return redirect(onward)
    return render(request, SIGN_IN, {"form": form})


@never_cache
@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    return _page(request)


@never_cache
@sensitive_post_parameters("password")
@login_required
@require_POST
def set_up(request: HttpRequest) -> HttpResponse:
    """Begin: this answer alone shows the secret."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            enrolment = services.begin(
                actor=actor_of(request), password=form.cleaned_data["password"]
            )
        except Conflict as problem:
            messages.error(request, problem.detail)
            return redirect("second-factor")
        except Problem as problem:
            form.add_error("password", problem.detail)
        else:
            found = {"form": CodeForm(), **_shown(enrolment)}
            return render(request, SET_UP, found)
    return _page(request, begin_form=form)


@never_cache
@sensitive_post_parameters("code")
@login_required
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The first code puts it in force; this answer alone shows the recovery codes."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes = services.confirm(
                actor=actor_of(request), code=form.cleaned_data["code"]
            )
        except Problem as problem:
            form.add_error("code", problem.detail)
        else:
            return render(request, CODES, {"codes": codes, "added": True})
    return render(request, SET_UP, {"form": form})


@never_cache
@sensitive_post_parameters("code")
@login_required
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones end."""
    form = CodeForm(request.POST, auto_id="id_renew_%s")
    if form.is_valid():
        try:
            codes = services.renew_recovery_codes(
                actor=actor_of(request), code=form.cleaned_data["code"]
            )
        except Problem as problem:
            form.add_error("code", problem.detail)
        else:
            return render(request, CODES, {"codes": codes})
    return _page(request, renew_form=form)


@never_cache
@sensitive_post_parameters("password", "code")
@login_required
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    form = PasswordAndCodeForm(request.POST, auto_id="id_remove_%s")
    if form.is_valid():
        try:
            services.remove(actor=actor_of(request), **form.cleaned_data)
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, "Your second factor is removed.")
            return redirect("second-factor")
    return _page(request, remove_form=form)


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    """The state of the person's own factor, with the forms that fit it."""
    user = user_of(request)
    found = {
        "on": user is not None and factors.is_on(user),
        "left": factors.recovery_codes_left(user) if user else 0,
        "begin_form": PasswordForm(),
        "renew_form": CodeForm(auto_id="id_renew_%s"),
        "remove_form": PasswordAndCodeForm(auto_id="id_remove_%s"),
        **forms,
    }
    return render(request, PAGE, found)


def _shown(enrolment: Enrolment) -> dict[str, str]:
    """The secret as a picture (the content policy allows data: for these) and as text."""
    picture = segno.make(enrolment.uri, error="m", micro=False)
    text = enrolment.secret
    return {
        "picture": picture.svg_data_uri(scale=5, dark="black", light="white"),
        "secret": " ".join(text[at : at + 4] for at in range(0, len(text), 4)),
    }
