"""What the platform stores of a learner, as far as its events and filters carry it."""

from django.contrib.auth import get_user_model
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class UserProfile(models.Model):
    """The full name stands here, not in the user."""

    user = models.OneToOneField(get_user_model(), related_name="profile", on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    country = models.CharField(max_length=2, blank=True)
    year_of_birth = models.IntegerField(blank=True, null=True)
    goals = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class CourseEnrollment(models.Model):
    """A learner in a course; one who has left stays, inactive."""

    user = models.ForeignKey(get_user_model(), on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)
    created = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    mode = models.CharField(default="audit", max_length=100)

    def __str__(self) -> str:
        return f"{self.user} in {self.course_id}"


class GeneratedCertificate(models.Model):
    """A certificate, made out to the name that the profile had then."""

    user = models.ForeignKey(get_user_model(), on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)
    name = models.CharField(max_length=255)
    mode = models.CharField(max_length=32)
    grade = models.CharField(max_length=5)
    status = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.name}: {self.course_id}"
