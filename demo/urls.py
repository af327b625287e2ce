"""The campus, and the admin."""

from django.contrib import admin
from django.urls import path

from demo.campus import views

urlpatterns = [
    path("", views.home, name="home"),
    path("elsewhere/", views.elsewhere, name="elsewhere"),
    path("admin/", admin.site.urls),
]
