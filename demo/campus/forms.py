"""The two forms of a visitor."""

from __future__ import annotations

from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import RegexValidator


class RegistrationForm(forms.Form):
    """What a new learner says of themselves."""

    name = forms.CharField(label="Full name", max_length=100)
    username = forms.CharField(label="User name", max_length=30, validators=[RegexValidator(r"^[\w-]+\Z")])
    email = forms.EmailField(label="E-mail", max_length=254)

    def clean_username(self) -> str:
        """A name that nobody has yet."""
        username = self.cleaned_data["username"]
        if get_user_model().objects.filter(username=username).exists():
            raise forms.ValidationError("This user name is taken. Choose another.")
        return username


class LoginForm(forms.Form):
    """Who somebody says they are."""

    username = forms.CharField(label="User name", max_length=150)
    password = forms.CharField(label="Password", widget=forms.PasswordInput(render_value=True), max_length=128)
