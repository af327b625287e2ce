"""Learners' profiles, enrolments and cohorts, as far as filters carry them."""

from django.contrib.auth import get_user_model
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class UserProfile(models.Model):
    """``user.profile``, as the platform has it.

    .. no_pii:
    """

    user = models.OneToOneField(get_user_model(), related_name="profile", on_delete=models.CASCADE)
    name = models.CharField(blank=True, max_length=255)
    year_of_birth = models.IntegerField(blank=True, null=True)
    gender = models.CharField(
        blank=True, null=True, max_length=6, choices=(("m", "Male"), ("f", "Female"), ("o", "Other"))
    )
    level_of_education = models.CharField(
        blank=True, null=True, max_length=6, choices=(("p", "Doctorate"), ("b", "Bachelor"), ("none", "None"))
    )
    goals = models.TextField(blank=True, null=True)
    allow_certificate = models.BooleanField(default=True)
    meta = models.TextField(blank=True)
    language = models.CharField(blank=True, max_length=255)
    location = models.CharField(blank=True, max_length=255)
    mailing_address = models.TextField(blank=True, null=True)
    city = models.TextField(blank=True, null=True)
    country = models.CharField(blank=True, null=True, max_length=2)
    state = models.CharField(blank=True, null=True, max_length=2)
    bio = models.CharField(blank=True, null=True, max_length=3000)
    profile_image_uploaded_at = models.DateTimeField(blank=True, null=True)
    phone_number = models.CharField(blank=True, null=True, max_length=50)


class CourseEnrollment(models.Model):
    """A learner in a course.

    .. no_pii:
    """

    user = models.ForeignKey(get_user_model(), on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)
    created = models.DateTimeField(null=True, auto_now_add=True)
    is_active = models.BooleanField(default=True)
    mode = models.CharField(default="audit", max_length=100)


class CourseUserGroup(models.Model):
    """A cohort.

    .. no_pii:
    """

    name = models.CharField(max_length=255)
    course_id = CourseKeyField(max_length=255)
    users = models.ManyToManyField(get_user_model(), related_name="course_groups")


class CohortMembership(models.Model):
    """A learner in a cohort.

    .. no_pii:
    """

    course_user_group = models.ForeignKey(CourseUserGroup, on_delete=models.CASCADE)
    user = models.ForeignKey(get_user_model(), on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)


class Schedule(models.Model):
    """When a learner takes a course.

    .. no_pii:
    """

    enrollment = models.OneToOneField(CourseEnrollment, on_delete=models.CASCADE)
    active = models.BooleanField(default=True)
    start_date = models.DateTimeField(db_index=True)
    upgrade_deadline = models.DateTimeField(blank=True, null=True)
