"""`flask jobs`: operators see, cancel and retry what any organization's jobs do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask

from app.database import db, transaction
from app.jobs import ENCODE_CHUNK, SEND_MAIL
from app.models import Job, JobState
from config.env import PROJECT_DIR
from tests.factories import make_job, make_organization

pytestmark = pytest.mark.usefixtures("database")
FAULT = {"code": "mail_delayed", "class": "transient", "stage": "", "detail": "Later.", "hint": ""}


def jobs(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["jobs", *map(str, arguments)])


def ids(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [line.split()[0] for line in result.stdout.splitlines()[1:]]


def test_the_list_names_jobs_of_all_organizations_newest_first_and_no_parts(app: Flask) -> None:
    with transaction():
        own = make_job(kind=SEND_MAIL)
        theirs = make_job(make_organization())
        make_job(kind=ENCODE_CHUNK, parent_id=theirs.id)

    assert ids(jobs(app, "list")) == [str(theirs.id), str(own.id)]
    assert len(ids(jobs(app, "list", "--parts"))) == 3
    assert ids(jobs(app, "list", "--limit", 1)) == [str(theirs.id)]


def test_the_list_is_narrowed_by_state_kind_and_organization(app: Flask) -> None:
    with transaction():
        organization = make_organization()
        dead = make_job(organization, SEND_MAIL, state=JobState.DEAD, error=FAULT, attempt=6)
        make_job(organization)
        make_job(kind=SEND_MAIL)

    listed = jobs(app, "list", "--state", "dead", "--kind", "mail.send", "--organization", organization.slug)

    assert ids(listed) == [str(dead.id)]
    assert listed.stdout.splitlines()[1].split()[1:5] == ["mail.send", "dead", "6/6", "0%"]
    assert listed.stdout.splitlines()[1].endswith("mail_delayed")


def test_an_organization_that_is_not_there_is_said_so(app: Flask) -> None:
    result = jobs(app, "list", "--organization", "nowhere")

    assert (result.exit_code, result.stderr) == (1, "There is no such organization.\n")


def test_one_job_is_shown_as_the_api_shows_it(app: Flask) -> None:
    with transaction():
        job = make_job(state=JobState.FAILED, error=FAULT)

    shown = json.loads(jobs(app, "show", job.id).stdout)

    assert (shown["id"], shown["state"], shown["error"]) == (str(job.id), "failed", FAULT)


def test_what_has_ended_otherwise_is_not_cancelled_and_it_says_so(app: Flask) -> None:
    with transaction():
        job = make_job(state=JobState.SUCCEEDED)

    result = jobs(app, "cancel", job.id)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "the state of this one is succeeded" in result.stderr


@pytest.mark.parametrize(
    ("database_url", "sentence"),
    [
        ("postgresql://marquee@127.0.0.1:1/marquee", "The database does not answer: "),
        ("", "The database is older than this version: run `flask db upgrade` first."),
    ],
)
def test_a_database_that_is_away_or_empty_is_said_in_one_sentence(
    tmp_path: Path, database_url: str, sentence: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "jobs", "list"],
        env={"PATH": os.defpath, "APP_ENV": "test", "DATA_DIR": str(tmp_path), "DATABASE_URL": database_url},
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr


def test_jobs_are_cancelled_and_retried_and_a_refusal_keeps_no_other_from_it(app: Flask) -> None:
    with transaction():
        queued, dead = make_job(), make_job(state=JobState.DEAD)
        running = make_job(state=JobState.RUNNING)

    cancelled = jobs(app, "cancel", queued.id)
    retried = jobs(app, "retry", uuid4(), running.id, dead.id)

    assert cancelled.exit_code == 0
    assert retried.exit_code == 1
    assert retried.stderr.count("\n") == 2
    db.session.expire_all()
    states = [db.session.get_one(Job, job.id).state for job in (queued, running, dead)]
    assert states == [JobState.CANCELLED, JobState.RUNNING, JobState.QUEUED]
