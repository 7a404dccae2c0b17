"""Sign in, sign out, set a new password."""

from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hub.lib.errors import Problem
from orgs.accounts import attempts, passwords, second_factor, waiting
from orgs.accounts.address import client_address
from orgs.accounts.forms import NewPasswordForm, PasswordLinkForm, SignInForm


class SignIn(auth.LoginView):
    """With a second factor the password alone opens no session: a code is asked for."""

    template_name = "orgs/accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post", "options"]

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if not second_factor.is_on(user):
            return super().form_valid(form)
        waiting.hold(self.request, user, self.get_success_url())
        return redirect("sign-in-code")


class SignOut(auth.LogoutView):
    http_method_names = ["post", "options"]


@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same for every address."""
    form = PasswordLinkForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            attempts.count("password-reset", client_address(request), email)
            passwords.ask_for_link(email)
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            return redirect("password-reset-sent")
    return render(request, "orgs/accounts/password_reset.html", {"form": form})


@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "orgs/accounts/password_reset_sent.html")


class PasswordResetConfirm(auth.PasswordResetConfirmView):
    template_name = "orgs/accounts/password_reset_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("password-reset-done")
    http_method_names = ["get", "head", "post", "options"]


@require_safe
def password_reset_done(request: HttpRequest) -> HttpResponse:
    return render(request, "orgs/accounts/password_reset_done.html")
