from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from extraction.web.forms.signin import SignInForm


class SignIn(LoginView):
    authentication_form = SignInForm
    template_name = "extraction/sign_in.html"
    redirect_authenticated_user = True


class PasswordChange(PasswordChangeView):
    template_name = "extraction/password_change.html"
    success_url = reverse_lazy("preferences")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        form.user.must_change_password = False
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")
