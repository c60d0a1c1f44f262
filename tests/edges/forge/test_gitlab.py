"""What GitLab shows of a merge request: approvals, makers, the target, the commit that brought it; and what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.edges.forge.desk import MARK, NOW, TOKEN, clock, later, said, site
from tests.emulators import gitlab_forge
from tests.emulators.gitlab_forge import PROJECT

from seatwise.core.model import BadCredentials, Forge, IncompleteRead, Says, Stop, VendorError
from seatwise.core.model.vendor import Unreachable
from seatwise.edges.clock import SetClock
from seatwise.edges.forge.gitlab import GitLab
from seatwise.vendor_contract.server import Reply, Served, served

APPROVED, CHANGES, DISMISSED = Says.APPROVED, Says.CHANGES, Says.DISMISSED


@pytest.fixture
def server() -> Iterator[Served]:
    with served(gitlab_forge.GitLab(SetClock(NOW), TOKEN)) as one:
        yield one


@pytest.fixture
def lab(server: Served) -> gitlab_forge.GitLab:
    assert isinstance(server.emulator, gitlab_forge.GitLab)
    return server.emulator


def forge(server: Served, **settings: str) -> Forge:
    told = {"kind": "gitlab", "repository": PROJECT, "url": server.url, "token": "env:FORGE", **settings}
    return GitLab(told, site(server))


# votes


def test_an_approval_is_a_vote_on_the_head_of_its_time(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    first = lab.merges[1].commits[0]["id"]
    at = later(server)
    lab.approves("bo", number)
    later(server)
    head = lab.pushes("ann", number)

    request = forge(server).request(number)
    (vote,) = request.votes
    assert (vote.login, vote.says, vote.commit, vote.bot) == ("bo", APPROVED, first, False)
    assert vote.at.replace(microsecond=0) == at
    assert (request.head, request.author, request.base, request.merged) == (head, "ann", "main", "")


def test_what_is_taken_back_and_given_anew_is_all_told_in_order(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    for act in (lab.approves, lab.unapproves, lab.asks, lab.approves):
        later(server)
        act("bo", number)
    told = forge(server).request(number)
    assert said(told) == [("bo", APPROVED), ("bo", DISMISSED), ("bo", CHANGES), ("bo", APPROVED)]
    assert len({vote.id for vote in told.votes}) == 4


def test_a_push_that_takes_approvals_back_takes_those_of_everybody(server: Served, lab: gitlab_forge.GitLab) -> None:
    lab.resets = True
    number = lab.opens("ann", "seats")
    for who in ("bo", "cy.d-e"):
        later(server)
        lab.approves(who, number)
    later(server)
    lab.pushes("ann", number)
    assert said(forge(server).request(number))[2:] == [("bo", DISMISSED), ("cy.d-e", DISMISSED)]


def test_an_approval_that_is_not_shown_any_more_is_none(server: Served, lab: gitlab_forge.GitLab) -> None:
    """Taken back in a way that leaves no note."""
    number = lab.opens("ann", "seats")
    lab.approves("bo", number)
    lab.unapproves("bo", number, noted=False)
    assert said(forge(server).request(number)) == [("bo", DISMISSED)]


def test_an_approval_without_a_note_counts_since_when_gitlab_says(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    at = later(server)
    lab.approves("bo", number, noted=False)
    (vote,) = forge(server).request(number).votes
    assert (vote.login, vote.says, vote.at.replace(microsecond=0)) == ("bo", APPROVED, at)
    lab.tells_when = False
    with pytest.raises(IncompleteRead, match="no event says since when"):
        forge(server).request(number)


def test_who_is_shown_to_ask_for_changes_asks_whatever_the_notes_say(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    lab.asks("cy", number, noted=False)
    assert said(forge(server).request(number)) == [("cy", CHANGES)]
    lab.approves("bo", number)
    later(server)
    assert said(forge(server).request(number)) == [("bo", APPROVED), ("cy", CHANGES)]


def test_nobody_approves_by_writing_the_words(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    lab.says("bo", number, "approved this merge request")
    assert forge(server).request(number).votes == ()


def test_a_deleted_user_has_no_login(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    lab.approves("bo", number)
    lab.deleted.add("bo")
    (vote,) = forge(server).request(number).votes
    assert vote.login == ""


@pytest.mark.parametrize("login", ["project_7_bot_0a1b", "group_7_bot", "service-account-1"])
def test_a_program_is_known_by_its_account(server: Served, lab: gitlab_forge.GitLab, login: str) -> None:
    number = lab.opens("ann", "seats")
    lab.bots.add("service-account-1")
    for who in (login, "bo"):
        later(server)
        lab.approves(who, number)
    assert [vote.bot for vote in forge(server).request(number).votes] == [True, False]


def test_before_the_first_version_nothing_was_looked_at(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    lab.approves("bo", number)
    lab.merges[1].versions[0]["created_at"] = "2026-11-24T09:00:01.000Z"
    assert forge(server).request(number).votes[0].commit == "0" * 40


def test_all_pages_are_read_though_some_notes_are_not_shown(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    for one in range(150):
        lab.says("eve", number, f"{one}")
        if one % 10 == 0:
            lab.mentions("eve", number)
    lab.approves("bo", number)
    assert said(forge(server).request(number)) == [("bo", APPROVED)]


@pytest.mark.parametrize("counts", [True, False])
def test_a_page_that_is_missing_is_no_reading(server: Served, lab: gitlab_forge.GitLab, counts: bool) -> None:
    number = lab.opens("ann", "seats")
    lab.counts = counts
    for one in range(150):
        lab.says("eve", number, f"{one}")
    lab.asks("bo", number)
    server.breaks(
        "cut", matches=lambda one: one.path.endswith("/notes"),
        rewrites=lambda asked, reply: Reply(200, reply.body, {n: v for n, v in reply.headers.items() if n != "Link"}),
    )  # fmt: skip
    with pytest.raises(IncompleteRead, match="notes has"):
        forge(server).request(number)


# makers


def test_makers_are_who_opened_pushed_and_wrote_it(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats", mail="Zed@Outside.example")
    lab.pushes("cy", number, mail="17-dee@users.noreply.gitlab.example")
    assert forge(server).request(number).makers == {
        "ann", "cy", "dee", "mail:zed@outside.example", "mail:17-dee@users.noreply.gitlab.example",
    }  # fmt: skip


@pytest.mark.parametrize("deleted", [False, True])
def test_a_request_that_was_turned_to_another_branch_says_when(
    server: Served, lab: gitlab_forge.GitLab, deleted: bool
) -> None:
    number = lab.opens("ann", "seats", "dev")
    assert forge(server).request(number).based is None
    at = later(server)
    lab.retargets("ann", number, "main", deleted=deleted)
    found = forge(server).request(number)
    assert found.based is not None
    assert (found.base, found.based.replace(microsecond=0)) == ("main", at)


# by which request a commit came


@pytest.mark.parametrize("how", [{}, {"squash": True}, {"forward": True}, {"squash": True, "forward": True}], ids=str)
def test_the_commit_on_the_target_leads_to_its_request(
    server: Served, lab: gitlab_forge.GitLab, how: dict[str, bool]
) -> None:
    number = lab.opens("ann", "seats")
    lab.pushes("ann", number)
    lab.approves("bo", number)
    commit = lab.lands("bo", number, **how)
    found = forge(server).by(commit)
    assert found == forge(server).request(number)
    assert found is not None
    assert (found.merged, found.merger, len(found.votes)) == (commit, "bo", 1)


def test_a_request_costs_seven_calls_and_one_for_each_approver(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    for who in ("bo", "cy"):
        lab.approves(who, number)
    forge(server).by(lab.lands("bo", number))
    assert len(server.requests) == 7 + 2


def test_every_commit_of_a_fast_forward_leads_to_it_and_of_a_merge_only_one(
    server: Served, lab: gitlab_forge.GitLab
) -> None:
    forward, merge = lab.opens("ann", "seats"), lab.opens("ann", "more")
    for number in (forward, merge):
        lab.pushes("ann", number)
    lab.lands("bo", forward, forward=True)
    lab.lands("bo", merge)
    assert [bool(forge(server).by(one["id"])) for one in lab.merges[1].commits] == [True, True]
    assert [bool(forge(server).by(one["id"])) for one in lab.merges[2].commits] == [False, False]


def test_a_commit_of_no_request_and_of_an_open_one_came_by_none(server: Served, lab: gitlab_forge.GitLab) -> None:
    lab.opens("ann", "seats")
    assert forge(server).by("a" * 40) is None
    assert forge(server).by(lab.merges[1].commits[0]["id"]) is None


def test_of_two_that_brought_one_commit_it_is_the_one_to_the_default_branch(
    server: Served, lab: gitlab_forge.GitLab
) -> None:
    first, second = lab.opens("ann", "seats", "dev"), lab.opens("ann", "dev", "main")
    lab.merges[2].commits = lab.merges[1].commits
    for number in (first, second):
        lab.lands("bo", number, forward=True)
    found = forge(server).by(lab.merges[1].commits[0]["id"])
    assert found is not None and (found.number, found.base) == (second, "main")


# protection


def test_what_a_branch_is_protected_by(server: Served, lab: gitlab_forge.GitLab) -> None:
    assert forge(server).protection("main") is None
    level = {"access_level": 0, "user_id": None, "group_id": None}
    lab.protected["main"] = {
        "allow_force_push": False, "code_owner_approval_required": True, "push_access_levels": [level],
    }  # fmt: skip
    found = forge(server).protection("main")
    assert found is not None
    assert (found.approvals, found.checks, found.owners, found.forces, found.bypasses) == (0, (), True, False, False)

    lab.pipelines = True
    lab.rules = [
        {"id": 1, "approvals_required": 2, "protected_branches": []},
        {"id": 2, "approvals_required": 5, "protected_branches": [{"name": "dev"}]},
        {"id": 3, "approvals_required": 3, "protected_branches": [{"name": "main"}]},
    ]
    for more in ({"access_level": 40}, {"user_id": 7}):
        lab.protected["main"]["push_access_levels"] = [level, {**level, **more}]
        found = forge(server).protection("main")
        assert found is not None
        assert (found.approvals, found.checks, found.bypasses) == (3, ("pipeline",), True)
    lab.lacks.add("protected_branches")
    assert forge(server).protection("main") is None


# what it is told


def test_one_note_is_kept_current(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    lab.says("eve", number, f"{MARK}\nall is well")
    first = forge(server).comment(number, MARK, "3 seats")
    assert first.startswith("https://gitlab.example/acme/it/licences/-/merge_requests/1#note_")
    calls = len(server.requests)
    assert forge(server).comment(number, MARK, "3 seats") == first
    assert {one.method for one in server.requests[calls:]} == {"GET"}
    assert forge(server).comment(number, MARK, "4 seats") == first
    assert [one["body"] for one in lab.merges[1].notes] == [f"{MARK}\nall is well", f"{MARK}\n4 seats"]


@pytest.mark.parametrize(("passed", "state"), [(True, "success"), (False, "failed"), (None, "pending")])
def test_a_check_is_a_status_of_the_commit(
    server: Served, lab: gitlab_forge.GitLab, passed: bool | None, state: str
) -> None:
    for _ in range(2):
        forge(server).check("c" * 40, "seatwise", passed, "3 seats", "text")
    assert lab.statuses == [{"sha": "c" * 40, "state": state, "name": "seatwise", "description": "3 seats"}]
    server.breaks("refused", reply=Reply(400, {"message": "invalid state"}))
    with pytest.raises(VendorError, match="invalid state"):
        forge(server).check("c" * 40, "seatwise", passed, "3 seats", "text")


# what goes wrong


def test_no_such_request_says_so(server: Served) -> None:
    with pytest.raises(VendorError, match="shows no merge request 404"):
        forge(server).request("404")
    with pytest.raises(VendorError, match="no number"):
        forge(server).request("..")


def test_a_token_without_rights_is_told_what_it_lacks_and_nothing_is_concluded(
    server: Served, lab: gitlab_forge.GitLab
) -> None:
    lab.lacks |= {"merge_requests", "repository"}
    for ask in (lambda: forge(server).by("a" * 40), lambda: forge(server).request("1")):
        with pytest.raises(BadCredentials) as caught:
            ask()
        assert "scope api" in caught.value.fix
    with pytest.raises(VendorError, match="Project Not Found"):
        forge(server, repository="acme/other").by("a" * 40)


def test_a_limit_is_waited_out_and_a_forge_that_is_down_is_no_answer(server: Served, lab: gitlab_forge.GitLab) -> None:
    number = lab.opens("ann", "seats")
    server.breaks("limit", reply=Reply(429, {}, {"Retry-After": "30"}))
    forge(server).request(number)
    assert (clock(server).now() - NOW).total_seconds() == 30
    server.breaks("503", times=99)
    with pytest.raises(Unreachable):
        forge(server).request(number)


@pytest.mark.parametrize("body", [{}, [], "x", 7, [7], [{}], {"iid": "x", "state": 3}], ids=str)
def test_garbage_is_no_answer(server: Served, lab: gitlab_forge.GitLab, body: Any) -> None:
    number = lab.opens("ann", "seats")
    lab.approves("bo", number)
    for skip in range(6):
        server.faults.clear()
        server.breaks("garbage", skip=skip, reply=Reply(200, body))
        if body != [] or skip == 0:
            with pytest.raises(IncompleteRead):
                forge(server).request(number)


def test_no_error_holds_the_token(server: Served, lab: gitlab_forge.GitLab) -> None:
    for status in (400, 401, 403, 404, 422):
        server.breaks("echo", reply=Reply(status, {"message": f"bad token {TOKEN}"}))
        with pytest.raises(VendorError) as caught:
            forge(server).by("a" * 40)
        assert TOKEN not in f"{caught.value.what} {caught.value.fix} {caught.value!r}"


@pytest.mark.parametrize("repository", ["", "acme", "acme//x", "acme/../x"])
def test_settings_that_can_not_be_meant_are_told_before_anything_is_called(server: Served, repository: str) -> None:
    with pytest.raises(Stop, match="repository"):
        forge(server, repository=repository)
    assert server.requests == []
