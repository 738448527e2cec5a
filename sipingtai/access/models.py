"""Accounts (账号)."""

from django.contrib.auth.models import AbstractUser


class Account(AbstractUser):
    """One person's way in; what they may do comes from their posts."""
