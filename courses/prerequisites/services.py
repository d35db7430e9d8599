"""Choosing what comes first. Every change makes a further version of the course, like any other change of it."""

from __future__ import annotations

from flask_babel import gettext as _

from courses import services as courses
from courses.permissions import Permission
from courses.prerequisites import outlines, queries, rules
from courses.queries import course_of_author
from training.activities.models import Activity
from training.core import audit, scopes
from training.core.access import Actor
from training.core.errors import Invalid

MOST = 60


def require(course_id: int, waiting_id: int, first_id: int, *, required_by: Actor) -> Activity:
    """Have a course (`waiting_id` its own id) or a lesson of it wait for an activity; returns the course.

    The same again changes nothing. Raises `NotFound`, or `Invalid` for what may not come first here or would wait for
    itself. Does not commit.
    """
    row = course_of_author(required_by, course_id, Permission.COURSE_WRITE)
    scopes.lock(scopes.root())  # two authors must not close a ring from both ends
    course: Activity = row.Activity
    if waiting_id not in {course.id, *(one.id for one in queries.lessons_of(course))}:
        raise Invalid(_("Choose this course or one of its lessons."))
    if first_id not in {one.id for one in queries.usable(course, row.Scope.path)}:
        raise Invalid(_("Choose what comes first from the list."))
    waits = outlines.of(course.id, course.version)
    if (waiting_id, first_id) in waits:
        return course
    if len(waits) >= MOST:
        raise Invalid(_("The course has %(max)d prerequisites already; take one away first.", max=MOST))
    lessons, everywhere = queries.everything()
    if waiting_id == first_id or rules.would_close_a_ring(lessons, everywhere, (course.id, waiting_id, first_id)):
        raise Invalid(
            _(
                "The two would wait for each other, here or in a version that people already study: nobody could open"
                " either. Choose another one."
            )
        )
    course = courses.publish_waits(course.id, waits | {(waiting_id, first_id)}, published_by=required_by)
    audit.record(required_by, "prerequisite.add", course, activity=waiting_id, requires=first_id)
    return course


def stop_requiring(course_id: int, waiting_id: int, first_id: int, *, stopped_by: Actor) -> Activity:
    """Take a prerequisite away; whoever is enrolled already keeps the version they began with. Does not commit."""
    course: Activity = course_of_author(stopped_by, course_id, Permission.COURSE_WRITE).Activity
    waits = outlines.of(course.id, course.version)
    if (waiting_id, first_id) not in waits:
        return course
    course = courses.publish_waits(course.id, waits - {(waiting_id, first_id)}, published_by=stopped_by)
    audit.record(stopped_by, "prerequisite.remove", course, activity=waiting_id, requires=first_id)
    return course
