"""What Tutor finds as ``docker`` in the tests: no engine, but the platform's ``manage.py`` on a real database.

It writes down what it is asked for (a JSON list a line, into the file ``$DOCKER_LOG``). Where that is to run
``./manage.py lms migrate`` or ``check``, alone or as a line of a job, it does so, on the SQLite file
``$DOCKER_DATABASE``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path

MANAGE = re.compile(r"^(?:.* )?\./manage\.py (lms|cms) ((?:migrate|check)\b.*)$", re.MULTILINE)


def main(arguments: list[str]) -> None:
    with Path(os.environ["DOCKER_LOG"]).open("a", encoding="utf-8") as log:
        log.write(json.dumps(arguments) + "\n")
    if arguments[-2:] == ["--format", "json"]:
        sys.stdout.write("[]\n")  # of all running projects
    for service, command in MANAGE.findall(" ".join(arguments)):
        manage(service, shlex.split(command))


def manage(service: str, arguments: list[str]) -> None:
    """Run a command of Django on the settings that the tests have for this service."""
    os.environ["TEST_PROJECT"] = f"{service}.djangoapp"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.core.management import execute_from_command_line

    from tests import settings

    settings.DATABASES["default"] |= {"NAME": os.environ["DOCKER_DATABASE"]}
    execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
