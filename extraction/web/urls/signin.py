from __future__ import annotations

from django.urls import path

from extraction.web.views import home, signin

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", signin.SignIn.as_view(), name="sign-in"),
    path("sign-out/", signin.sign_out, name="sign-out"),
    path("password/", signin.PasswordChange.as_view(), name="password-change"),
]
