"""Names that never leave the platform, fields no reply may write, addresses fit to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from django.contrib.auth import get_user_model

from openedx_webhooks import catalogue, samples
from openedx_webhooks.redaction import is_credential, is_writable_field, is_writable_item, mask_url
from tests.campus.models import UserProfile

CREDENTIALS = [
    "password", "Password", "PASSWORD", "password1", "password2", "new_password", "old-password", "newPassword1",
    "new_password2", "user.password", "passwords", "password_hash", "passwd", "passphrase", "pwd", "token",
    "tokens", "id_token", "access_token", "accessToken", "refresh-token", "auth_token", "password_reset_token",
    "csrf", "csrftoken", "csrf_token", "csrfmiddlewaretoken", "X-CSRFToken", "HTTP_X_CSRFTOKEN", "jwt",
    "user_jwt", "client_secret", "secret", "secrets", "secret_key", "SECRET_KEY", "AWS_SECRET_ACCESS_KEY",
    "api_key", "apikey", "API-Key", "zendesk_api_key", "private_key", "signing_key", "encryption_key",
    "lti_1p1_client_secret", "oauth_signature", "oauth_token", "oauth_token_secret", "oauth_consumer_secret",
    "authorization", "Authorization", "HTTP_AUTHORIZATION", "Proxy-Authorization", "cookie", "Cookie", "cookies",
    "COOKIES", "Set-Cookie", "HTTP_COOKIE", "jwt_cookie", "edx-jwt-cookie-signature",
    "edx-jwt-cookie-header-payload", "sessionid", "lms_sessionid", "session_key", "session_data", "credential",
    "credentials", "otp", "one_time_password", "recovery_code", "activation_key", "user__password",
    "previous_secret", "EMAIL_HOST_PASSWORD",
]  # fmt: skip

KEPT = [
    "username", "email", "name", "id", "course_key", "usage_key", "course_id", "key", "keys", "mode", "status",
    "grade", "passed", "pass_rate", "percent", "tokenizer", "token_type", "is_active", "author", "authority",
    "authorized", "secretary", "cookie_policy", "session", "sessions", "session_id_count", "context",
    "api_key_id", "apikeys_url", "course_access_role", "access", "acces_url", "csrf_exempt", "jwt_audience",
    "password_changed_at", "passwordless", "otp_enabled", "credential_id", "credentials_url", "block_id",
    "public_key", "keyboard", "description", "s", "_",
]  # fmt: skip


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_value_of_this_name_stays_in_the_platform(name):
    assert is_credential(name)


@pytest.mark.parametrize("name", KEPT)
def test_a_value_of_this_name_goes_out(name):
    assert not is_credential(name)


@pytest.mark.parametrize("name", ["", "名前", "пароль", "___", "é"])
def test_names_of_other_scripts_are_no_credentials(name):
    assert not is_credential(name)


def test_a_site_can_name_more(settings):
    settings.OPENEDX_WEBHOOKS = {"REDACTED_KEYS": ["National-ID", "пароль", "***"]}

    assert [name for name in ("national_id", "NationalIds", "Пароль", "名前", "nation", "") if is_credential(name)] == [
        "national_id", "NationalIds", "Пароль",
    ]  # fmt: skip


def test_what_is_added_can_be_taken_away(settings):
    settings.OPENEDX_WEBHOOKS = {"REDACTED_KEYS": ["goals"]}
    assert is_credential("goals")

    settings.OPENEDX_WEBHOOKS = {}
    assert not is_credential("goals")


def test_no_event_loses_a_field():
    """Every field of every event is data: a name of them that looked like a credential would be lost without a word."""
    data = [attrs.asdict(value) for event in catalogue.events() for value in samples.event_arguments(event).values()]

    assert [name for item in data for name in names_in(item) if is_credential(name)] == []


def names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from names_in(item)


WRITABLE = [
    ("first_name", True), ("last_name", True), ("username", False), ("email", False), ("password", False),
    ("is_staff", False), ("is_superuser", False), ("is_active", False), ("last_login", False), ("date_joined", False),
    ("id", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "writable"), WRITABLE)
def test_fields_of_a_user_that_a_reply_may_write(name, writable):
    user = get_user_model()

    assert is_writable_field(user, user._meta.get_field(name)) is writable


@pytest.mark.parametrize(("name", "writable"), [("name", True), ("goals", True), ("user", False), ("id", False)])
def test_fields_of_a_profile_that_a_reply_may_write(name, writable):
    assert is_writable_field(UserProfile, UserProfile._meta.get_field(name)) is writable


@pytest.mark.parametrize(
    ("name", "writable"), [("email", True), ("is_staff", True), ("password", False), ("id", False)]
)
def test_a_site_can_allow_a_field_but_never_a_credential(name, writable, settings):
    settings.OPENEDX_WEBHOOKS = {"WRITABLE_FIELDS": [f"auth.user.{name}", "AUTH.User.Email"]}
    user = get_user_model()

    assert is_writable_field(user, user._meta.get_field(name)) is writable


def test_a_site_can_allow_a_field_of_the_form(settings):
    settings.OPENEDX_WEBHOOKS = {"WRITABLE_FIELDS": ["form_data.email", "form_data.password"]}

    names = ("name", "email", "username", "confirm_email", "password")
    assert [is_writable_item("form_data", name) for name in names] == [True, True, False, False, False]


KEY = "9f86d081884c7d65"
ADDRESSES = {
    "": "",
    "/dashboard": "/dashboard",
    "/a?b=c#d": "/a?b=***#***",
    "https://hooks.example.com/": "https://hooks.example.com/",
    "http://n8n:5678/webhook/enrolments": "http://n8n:5678/webhook/enrolments",
    "https://me:pw@hooks.example.com/": "https://***@hooks.example.com/",
    "https://me@hooks.example.com": "https://***@hooks.example.com",
    "https://a:b@c:d@hooks.example.com/": "https://***@hooks.example.com/",
    f"https://hooks.example.com/catch/{KEY}": "https://hooks.example.com/catch/***",
    f"https://hooks.example.com/catch/{KEY}/": "https://hooks.example.com/catch/***/",
    f"https://example.com/bot12345:{KEY}/send": "https://example.com/bot12345:***/send",
    f"https://example.com/a;jsessionid={KEY}": "https://example.com/a;jsessionid=***",
    "https://example.com/8d3ff5a2-6a0f-4c5d-9f3a-1f0b9c2d7e64": "https://example.com/***",
    "https://example.com/" + "a" * 32: "https://example.com/***",
    "https://example.com/" + "a" * 31: "https://example.com/" + "a" * 31,
    "https://example.com/1234567890123456789": "https://example.com/1234567890123456789",
    "https://example.com/services/notifications": "https://example.com/services/notifications",
    "https://example.com/?token=abc&x=&flag": "https://example.com/?token=***&x=***&***",
    "https://example.com/?abc": "https://example.com/?***",
    "https://example.com/#/route": "https://example.com/#***",
    "//me:pw@example.com/x": "//***@example.com/x",
    "http://[2001:db8::1]:8000/x": "http://[2001:db8::1]:8000/x",
    "http://[2001:db8::1": "***",
    "hello": "***",
    "me:pw@example.com/x": "***",
    "mailto:me@example.com": "***",
    "javascript:alert(1)": "***",
}


@pytest.mark.parametrize(("url", "shown"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_is_shown_without_its_secrets(url, shown):
    assert mask_url(url) == shown


def test_a_session_key_inside_a_text_of_json_stays_at_home():
    """As in ``UserProfile.meta`` of the platform."""
    from openedx_webhooks.rendering import Renderer

    rendered = Renderer(9999).render({"meta": '{"session_id": "abc123live", "list": [{"token": "t"}], "city": "Lima"}'})

    assert rendered == {"meta": '{"list": [{}], "city": "Lima"}'}
    assert Renderer(9999).render('{"city":"Lima"}') == '{"city":"Lima"}'
    assert Renderer(9999).render("{no json}") == "{no json}"
