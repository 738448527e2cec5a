"""Tables of the access floor: accounts, tokens, the contact vault, and the two logs that only grow.

No table here says what a person may do: that follows from the posts they hold (floor `org`).
"""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; there is no other way in (no self-registration)."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "Account":
        """A new account; without a password nobody can sign in to it. User names are kept in lower case."""
        account = self.model(username=username.lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """One person's way in (账号). Django's groups, permissions and staff flags do not exist here."""

    username = models.CharField(
        "用户名",
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]*\Z", "用户名只能用小写字母、数字、点、横线和下划线。")],
        error_messages={"unique": "这个用户名已被使用，请换一个。"},
    )
    display_name = models.CharField("姓名", max_length=64, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须修改密码", default=False)
    second_factor_required = models.BooleanField("须使用动态口令", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    def __str__(self) -> str:
        return self.display_name or self.username


class SignInFailures(models.Model):
    """Failed sign-ins of one account name or one client address, shared by all processes; see `lockout.py`."""

    key = models.BinaryField(primary_key=True, max_length=32)  # HMAC: what was typed as a name may be a password
    failures = models.PositiveIntegerField()
    counted_from = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)


class Token(models.Model):
    """A program's way in (接口令牌). Only the digest is stored; the token itself is shown once."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tokens")
    prefix = models.CharField("开头", max_length=12)  # what a person recognises it by
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=32), verbose_name="权限范围")
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    expires_at = models.DateTimeField("有效期至")
    last_used_on = models.DateField("最近使用日", null=True)  # the day only: a habit is nobody's business
    revoked_at = models.DateTimeField("撤销时间", null=True)


class Contact(models.Model):
    """How to reach one reporter (联系方式), encrypted; see `vault.py`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.BinaryField(null=True)  # SM4-GCM envelope; null once erased
    key_id = models.PositiveIntegerField(default=0)  # which vault key sealed it
    phone_index = models.BinaryField(max_length=32, null=True, db_index=True)  # HMAC-SM3 of the phone's digits
    created_at = models.DateTimeField(default=timezone.now)
    erase_after = models.DateField(null=True, db_index=True)  # the last day it may be kept
    erased_at = models.DateTimeField(null=True)


class RevealLog(models.Model):
    """Who looked at whose contact, and why (查看留痕). Insert and select only."""

    # Made here and not by the database: reading an id back would need the right to read the log.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    reason = models.CharField(max_length=200)
    subject = models.CharField(max_length=64)  # case number or other business reference
    at = models.DateTimeField(default=timezone.now, db_index=True)


class AuditEvent(models.TextChoices):
    """What is recorded about the use of the system itself."""

    SIGN_IN = "sign-in", "登录"
    SIGN_IN_FAILED = "sign-in-failed", "登录失败"
    SIGN_OUT = "sign-out", "退出"
    PASSWORD = "password", "修改密码"
    SECOND_FACTOR = "second-factor", "动态口令"
    TOKEN = "token", "令牌使用"
    REVEAL = "reveal", "查看联系方式"
    SIGHT = "sight", "限知查看"
    EXPORT = "export", "导出"
    CONFIGURATION = "configuration", "配置变更"


class AuditEntry(models.Model):
    """One line of the audit log (审计日志). Insert and select only; no personal data of residents."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)  # null: nobody signed in, or the system
    event = models.CharField(max_length=16, choices=AuditEvent)
    subject = models.CharField(max_length=200, blank=True)  # case number, pack name, token prefix …
    network = models.CharField(max_length=43, blank=True)  # IP prefix: /24 or /48
