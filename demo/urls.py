"""The admin, and a page with the two things a learner can do."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from demo import campus


def page(request: HttpRequest) -> HttpResponse:
    """Enrol or register, and see what a learner would see."""
    name = request.POST.get("name", "Jane Doe")
    outcome = None
    if "enrol" in request.POST:
        campus.enrol(name)
        outcome = {"enrolled": name}
    elif "register" in request.POST:
        outcome = campus.register(name)
    return render(request, "demo/page.html", {"name": name, "outcome": outcome})


urlpatterns = [path("", page), path("admin/", admin.site.urls)]
