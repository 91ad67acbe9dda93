"""An account that goes: at once, for good, and without leaving anybody behind."""

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import select

from app.clients.stores import storage
from app.database import db
from app.jobs import DELETE_FILES
from app.models import AuditEntry, Job, User
from app.permissions import Role
from app.services import job_run
from app.services.job_run import JobRun
from tests.api.conftest import PASSWORD, Person

Hire = Callable[[Person, Role], Person]


def test_an_account_ends_at_once_with_the_organization_that_was_its_alone(ada: Person, anonymous: Person) -> None:
    post = ada.published("The last words")
    email = ada.session["user"]["email"]

    answer = ada.send("DELETE", "/users/me")

    assert answer.status_code == 204
    assert ada.get("/users/me").status_code == 401
    assert anonymous.post("/auth/signin", {"email": email, "password": PASSWORD}).status_code == 401
    assert anonymous.get(f"/posts/{post['id']}").status_code == 404
    assert anonymous.get(f"/organizations/{ada.organization}").status_code == 404
    lines = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"user:{ada.user_id}"))
    assert "account.deleted" in lines.all()


def test_what_it_wrote_for_others_stays_theirs(ada: Person, hire: Hire) -> None:
    editor = hire(ada, Role.EDITOR)
    post = editor.post("/posts", {"title": "By me"}, headers={"Marquee-Organization": ada.organization}).json

    editor.send("DELETE", "/users/me")

    kept = ada.get(f"/posts/{post['id']}")
    assert (kept.status_code, kept.json["authors"]) == (200, [])
    team = ada.get(f"/organizations/{ada.organization}/team").json["data"]
    assert [member["id"] for member in team] == [ada.user_id]


def test_an_owner_whom_others_need_stays_until_somebody_else_owns(ada: Person, hire: Hire) -> None:
    heir = hire(ada, Role.ADMIN)

    refused = ada.send("DELETE", "/users/me")
    ada.post(f"/organizations/{ada.organization}/transfer", {"new_owner_id": heir.user_id})
    done = ada.send("DELETE", "/users/me")

    assert (refused.status_code, refused.json["code"]) == (409, "last_owner")
    assert done.status_code == 204
    assert db.session.scalar(select(User.id).where(User.id == ada.user_id)) is None
    assert heir.get(f"/organizations/{ada.organization}").json["role"] == "owner"


def test_its_unfinished_uploads_end_with_it_and_free_their_room(ada: Person, hire: Hire) -> None:
    editor = hire(ada, Role.EDITOR)
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000", "Marquee-Organization": ada.organization}
    assert editor.post("/uploads", headers=tus).status_code == 201
    where = f"/organizations/{ada.organization}/usage"
    assert (ada.get(where).json["storage"]["reserved_bytes"], ada.get(where).json["uploads"]["used"]) == (1000, 1)

    editor.send("DELETE", "/users/me")

    assert (ada.get(where).json["storage"]["reserved_bytes"], ada.get(where).json["uploads"]["used"]) == (0, 0)
    [job] = db.session.scalars(select(Job).where(Job.kind == DELETE_FILES.name)).all()
    assert len(list(storage().path_of(str(job.arguments["prefix"])).iterdir())) == 1
    job_run.work_of(DELETE_FILES)(JobRun(job.id, DELETE_FILES, job.subject, None, None, job.arguments, 1, uuid4()))
    assert not storage().path_of(str(job.arguments["prefix"])).exists()
