"""Addresses of sign-in. Only these: allauth's own list with registration, e-mail and password reset is not included.

The names are allauth's, which redirects by them.
"""

from django.urls import path

from sipingtai.access import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", views.SecondFactorSignIn.as_view(), name="mfa_authenticate"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("account/password/", views.ChangePassword.as_view(), name="account_change_password"),
    path("account/confirm/", views.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", views.SecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path("account/second-factor/", views.SecondFactor.as_view(), name="mfa_index"),
    path("account/second-factor/activate/", views.ActivateSecondFactor.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/deactivate/", views.DeactivateSecondFactor.as_view(), name="mfa_deactivate_totp"),
]
