"""What GitHub shows of a pull request: votes, makers, the branch it is for, the commit that brought it, and what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.edges.forge.desk import MARK, NOW, TOKEN, clock, later, said, site
from tests.emulators import github_forge
from tests.emulators.github_forge import REPOSITORY, checked

from seatwise.core.model import BadCredentials, Forge, IncompleteRead, Protection, Says, Stop, VendorError
from seatwise.core.model.vendor import Unreachable
from seatwise.edges.clock import SetClock
from seatwise.edges.forge.github import GitHub
from seatwise.vendor_contract.server import Reply, Request, Served, served


@pytest.fixture
def server() -> Iterator[Served]:
    with served(github_forge.GitHub(SetClock(NOW), TOKEN), checked()) as one:
        yield one


@pytest.fixture
def hub(server: Served) -> github_forge.GitHub:
    assert isinstance(server.emulator, github_forge.GitHub)
    return server.emulator


def forge(server: Served, **settings: str) -> Forge:
    told = {"kind": "github", "repository": REPOSITORY, "url": server.url, "token": "env:FORGE", **settings}
    return GitHub(told, site(server))


def opened(hub: github_forge.GitHub, branch: str = "seats") -> str:
    hub.pushes("ann", branch, f"seats on {branch}")
    return hub.opens("ann", branch)


# votes


def test_a_review_is_a_vote_on_the_head_that_it_was_given_on(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    review = hub.reviews(number, "bo")
    at = clock(server).now()
    later(server)
    hub.pushes("ann", "seats", "one more")

    request = forge(server).request(number)
    (vote,) = request.votes
    assert (vote.id, vote.login, vote.says, vote.at, vote.bot) == (str(review.id), "bo", Says.APPROVED, at, False)
    assert vote.commit == review.commit != request.head == hub.branches["seats"]
    assert (request.number, request.author, request.base, request.title) == (number, "ann", "main", "Seats for seats")
    assert (request.merged, request.merger, request.based) == ("", "", None)


def test_whoever_changes_their_mind_has_two_votes_in_order_of_time(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    hub.reviews(number, "bo", "CHANGES_REQUESTED")
    later(server)
    hub.reviews(number, "bo")
    hub.pulls[int(number)].reviews.reverse()
    assert said(forge(server).request(number)) == [("bo", Says.CHANGES), ("bo", Says.APPROVED)]


def test_what_is_dismissed_keeps_its_time(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    review = hub.reviews(number, "bo")
    at = clock(server).now()
    later(server, 60)
    review.state = "DISMISSED"
    (vote,) = forge(server).request(number).votes
    assert (vote.says, vote.at) == (Says.DISMISSED, at)


def test_comments_and_reviews_that_are_not_submitted_are_no_votes(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    hub.reviews(number, "bo", "COMMENTED")
    hub.reviews(number, "seatwise-bot", "PENDING")
    assert forge(server).request(number).votes == ()


def test_a_state_that_nobody_knows_is_no_guess(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    hub.reviews(number, "bo", "ENDORSED")
    with pytest.raises(IncompleteRead, match="ENDORSED"):
        forge(server).request(number)


@pytest.mark.parametrize("shown", ["null", "ghost"])
def test_a_deleted_user_has_no_login(server: Served, hub: github_forge.GitHub, shown: str) -> None:
    number = opened(hub)
    hub.reviews(number, "bo")
    hub.deleted["bo"] = shown
    (vote,) = forge(server).request(number).votes
    assert (vote.login, vote.bot) == ("", False)


@pytest.mark.parametrize("login", ["helper[bot]", "helper"])
def test_a_program_is_known_by_its_kind_or_its_name(server: Served, hub: github_forge.GitHub, login: str) -> None:
    number = opened(hub)
    hub.apps |= {login} - {"helper[bot]"}
    hub.reviews(number, login)
    hub.reviews(number, "bo")
    assert [vote.bot for vote in forge(server).request(number).votes] == [True, False]


def test_a_review_whose_commit_is_gone_looked_at_none(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    hub.reviews(number, "bo").commit = None
    assert forge(server).request(number).votes[0].commit == "0" * 40


def test_all_pages_are_read(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    for one in range(250):
        hub.reviews(number, f"u{one}")
    assert len(forge(server).request(number).votes) == 250


def test_a_full_page_without_a_next_one_is_looked_behind(server: Served, hub: github_forge.GitHub) -> None:
    """A proxy that strips Link would hide the later words, such as a request for changes."""
    number = opened(hub)
    for one in range(101):
        hub.reviews(number, f"u{one}")
    cut = {"matches": lambda asked: asked.path.endswith("/reviews") and "page" not in asked.query}
    server.breaks("cut", rewrites=lambda asked, reply: Reply(reply.status, reply.body), **cut)
    with pytest.raises(IncompleteRead, match="rows beyond its last page"):
        forge(server).request(number)

    hub.pulls[int(number)].reviews.pop()
    assert len(forge(server).request(number).votes) == 100


def _twice(asked: Request, reply: Reply) -> Reply:
    return Reply(200, [*reply.body[:-1], reply.body[0]], reply.headers)


def _circle(asked: Request, reply: Reply) -> Reply:
    return Reply(200, reply.body, {"Link": f'<{asked.path}?per_page=100>; rel="next"'})


def _elsewhere(asked: Request, reply: Reply) -> Reply:
    return Reply(200, reply.body, {"Link": '<https://evil.example/reviews>; rel="next"'})


@pytest.mark.parametrize("how", [_twice, _circle, _elsewhere])
def test_pages_that_do_not_fit_together_are_no_reading(server: Served, hub: github_forge.GitHub, how: Any) -> None:
    number = opened(hub)
    for one in range(150):
        hub.reviews(number, f"u{one}")
    server.breaks(
        "pages", times=9, matches=lambda one: one.path.endswith("/reviews") and "page" not in one.query, rewrites=how
    )
    with pytest.raises(IncompleteRead):
        forge(server).request(number)


# makers


def test_makers_are_authors_committers_pushers_and_who_opened_it(server: Served, hub: github_forge.GitHub) -> None:
    hub.pushes("cy", "seats", "one", author="ann", committer="dee")
    hub.pushes("cy", "seats", "two", author="", mail="Zed@Outside.example")
    hub.pushes("ann", "seats", "on the page", committer="web-flow")
    number = hub.opens("eve", "seats")
    assert forge(server).request(number).makers == {"ann", "cy", "dee", "eve", "mail:zed@outside.example"}


def test_who_pushed_a_former_branch_of_that_name_made_nothing_of_it(server: Served, hub: github_forge.GitHub) -> None:
    hub.pushes("fay", "seats", "long ago")
    hub.merges(hub.opens("fay", "seats"), "bo")
    del hub.branches["seats"]
    number = opened(hub)
    assert forge(server).request(number).makers == {"ann"}


def test_pushers_are_left_out_where_they_are_not_shown(server: Served, hub: github_forge.GitHub) -> None:
    hub.pushes("cy", "seats", "one", author="ann")
    number = hub.opens("ann", "seats")
    assert "cy" in forge(server).request(number).makers
    hub.lacks.add("activity")
    assert forge(server).request(number).makers == {"ann"}
    hub.lacks.clear()
    for fork in ("", "eve/licences"):
        hub.pulls[int(number)].fork = fork
        assert forge(server).request(number).makers == {"ann"}


def test_more_commits_than_are_shown_are_no_reading(server: Served, hub: github_forge.GitHub) -> None:
    for one in range(251):
        hub.pushes("ann", "seats", f"{one}")
    number = hub.opens("ann", "seats")
    with pytest.raises(IncompleteRead, match="has 251 commits, of which 250 are shown"):
        forge(server).request(number)


@pytest.mark.parametrize("event", ["base_ref_changed", "automatic_base_change_succeeded"])
def test_a_request_that_was_turned_to_another_branch_says_when(
    server: Served, hub: github_forge.GitHub, event: str
) -> None:
    number = opened(hub)
    hub.branches["dev"] = hub.branches["main"]
    hub.retargets(number, "dev", event)
    at = later(server)
    hub.retargets(number, "main", event)
    later(server)
    hub.retargets(number, "main", "labeled")
    assert forge(server).request(number).based == at


# by which request a commit came


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_the_commit_on_the_base_leads_to_its_request(server: Served, hub: github_forge.GitHub, how: str) -> None:
    hub.pushes("ann", "seats", "one")
    number = opened(hub)
    hub.reviews(number, "bo")
    commit = hub.merges(number, "bo", how)
    request = forge(server).by(commit)
    assert request == forge(server).request(number)
    assert request is not None
    assert (request.merged, request.merger, len(request.votes)) == (commit, "bo", 1)


def test_a_request_costs_six_calls_and_two_more_for_each_commit_that_was_rebased(
    server: Served, hub: github_forge.GitHub
) -> None:
    hub.pushes("ann", "seats", "one")
    number = opened(hub)
    for one in range(40):
        hub.reviews(number, f"u{one}")
    hub.merges(number, "bo", "rebase")
    for commit, calls in zip(reversed(hub.pulls[int(number)].landed), (6, 8), strict=True):
        server.requests.clear()
        forge(server).by(commit)
        assert len(server.requests) == calls


def test_every_commit_of_a_rebase_leads_to_it_and_the_one_before_does_not(
    server: Served, hub: github_forge.GitHub
) -> None:
    hub.pushes("ann", "seats", "one")
    number = opened(hub)
    before = hub.pushes("eve", "main", "directly")
    hub.merges(number, "bo", "rebase")
    landed = hub.pulls[int(number)].landed
    assert [one and one.number for one in map(forge(server).by, (before, *landed))] == [None, number, number]


def test_what_only_looks_rebased_does_not_lead_to_it(server: Served, hub: github_forge.GitHub) -> None:
    """A squash on top of a commit that somebody pushed, and that the branch has too."""
    hub.pushes("ann", "seats", "one")
    pushed = hub.branches["seats"]
    number = opened(hub)
    hub.branches["main"] = pushed
    hub.merges(number, "bo", "squash")
    assert forge(server).by(pushed) is None
    assert forge(server).by(hub.pulls[int(number)].commits[0]) is None, "it is in the branch, not by it on the base"


def test_a_commit_of_no_request_and_of_an_open_one_came_by_none(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    assert forge(server).by(hub.pushes("eve", "main", "directly")) is None
    assert forge(server).by(hub.pulls[int(number)].commits[0]) is None


def test_of_two_that_one_commit_merged_it_is_the_one_whose_head_it_merged(
    server: Served, hub: github_forge.GitHub
) -> None:
    first = opened(hub)
    hub.branches["more"] = hub.branches["seats"]
    hub.pushes("ann", "more", "more")
    second = hub.opens("ann", "more")
    commit = hub.merges(second, "bo")
    hub.pulls[int(first)].landed, hub.pulls[int(first)].merged = [commit], commit
    found = forge(server).by(commit)
    assert found is not None and found.number == second


def test_a_request_of_the_same_number_elsewhere_brought_nothing_here(server: Served, hub: github_forge.GitHub) -> None:
    """GitHub may show those of the repository that this one was forked from."""
    commit = hub.merges(opened(hub), "bo")
    server.breaks(
        "elsewhere", matches=lambda one: one.path.endswith(f"/commits/{commit}/pulls"),
        rewrites=lambda asked, reply: Reply(200, [{**one, "id": 77} for one in reply.body]),
    )  # fmt: skip
    assert forge(server).by(commit) is None


def test_a_request_for_another_branch_is_told_as_such(server: Served, hub: github_forge.GitHub) -> None:
    hub.branches["dev"] = hub.branches["main"]
    number = opened(hub)
    hub.retargets(number, "dev")
    found = forge(server).by(hub.merges(number, "bo"))
    assert found is not None and found.base == "dev"


def test_a_commit_that_the_forge_does_not_know_is_an_error(server: Served) -> None:
    with pytest.raises(VendorError, match="No commit found"):
        forge(server).by("a" * 40)


# protection


def test_what_a_branch_is_protected_by_is_told_from_both_kinds_of_rules(
    server: Served, hub: github_forge.GitHub
) -> None:
    assert forge(server).protection("main") == Protection("main", raw={"protection": {}, "rules": []})
    hub.protection = {
        "required_pull_request_reviews": {"required_approving_review_count": 2, "require_code_owner_reviews": True},
        "required_status_checks": {"contexts": ["seatwise"], "checks": []},
        "enforce_admins": {"url": "https://github.example/x", "enabled": True},
        "allow_force_pushes": {"enabled": False},
    }
    found = forge(server).protection("main")
    assert found is not None
    assert (found.approvals, found.checks, found.owners, found.forces, found.bypasses) == (
        2,
        ("seatwise",),
        True,
        False,
        False,
    )

    hub.rules = [
        {"type": "pull_request", "parameters": {
            "required_approving_review_count": 3, "require_code_owner_review": False, "dismiss_stale_reviews_on_push": True,
            "require_last_push_approval": True, "required_review_thread_resolution": False}},
        {"type": "required_status_checks", "parameters": {
            "required_status_checks": [{"context": "lint"}], "strict_required_status_checks_policy": True}},
        {"type": "non_fast_forward"},
    ]  # fmt: skip
    both = forge(server).protection("main")
    assert both is not None
    assert (both.approvals, both.checks, both.owners, both.bypasses) == (3, ("lint", "seatwise"), True, True)
    hub.protection = None
    rules = forge(server).protection("main")
    assert rules is not None
    assert (rules.approvals, rules.forces, rules.bypasses) == (3, False, True)


def test_protection_that_is_not_shown_is_not_none_at_all(server: Served, hub: github_forge.GitHub) -> None:
    hub.lacks.add("protection")
    assert forge(server).protection("main") is None
    hub.rules = [{"type": "non_fast_forward"}]
    found = forge(server).protection("main")
    assert found is not None and not found.forces


def test_a_branch_with_slashes_is_one_branch(server: Served, hub: github_forge.GitHub) -> None:
    hub.lacks.add("protection")
    forge(server).protection("release/2026")
    assert server.requests[0].path.endswith("/branches/release%2F2026/protection")


# what it is told


def test_one_comment_is_kept_current(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    hub.comments.append(hub.comment(number, "eve", f"{MARK}\nall is well"))
    first = forge(server).comment(number, MARK, f"{MARK}\n3 seats")
    calls = len(server.requests)
    assert forge(server).comment(number, MARK, f"{MARK}\n3 seats") == first
    assert {one.method for one in server.requests[calls:]} == {"GET"}
    assert forge(server).comment(number, MARK, "4 seats") == first
    assert [one["body"] for one in hub.comments] == [f"{MARK}\nall is well", f"{MARK}\n4 seats"]


def test_an_app_that_is_not_told_who_it_is_knows_its_comment_by_its_kind(
    server: Served, hub: github_forge.GitHub
) -> None:
    number = opened(hub)
    hub.lacks.add("user")
    hub.me = "github-actions[bot]"
    hub.comments.append(hub.comment(number, "eve", f"{MARK}\nall is well"))
    assert forge(server).comment(number, MARK, "3") == forge(server).comment(number, MARK, "4")
    assert len(hub.comments) == 2


def test_a_comment_is_never_too_long(server: Served, hub: github_forge.GitHub) -> None:
    forge(server).comment(opened(hub), MARK, "x" * 70_000)
    body = hub.comments[0]["body"]
    assert len(body) <= 65_536
    assert body.startswith(MARK) and "characters more" in body


def test_a_comment_whose_answer_is_lost_is_not_written_twice(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    server.breaks("lost", matches=lambda one: one.method == "POST")
    with pytest.raises(VendorError, match="lost"):
        forge(server).comment(number, MARK, "3")
    forge(server).comment(number, MARK, "4")
    assert [one["body"] for one in hub.comments] == [f"{MARK}\n4"]


@pytest.mark.parametrize(("passed", "state"), [(True, "success"), (False, "failure"), (None, "pending")])
def test_a_check_is_a_status_of_the_commit(
    server: Served, hub: github_forge.GitHub, passed: bool | None, state: str
) -> None:
    forge(server).check(hub.branches["main"], "seatwise", passed, "t" * 200, "text")
    (told,) = hub.statuses
    assert (told["sha"], told["state"], told["context"]) == (hub.branches["main"], state, "seatwise")
    assert told["description"] == "t" * 140


# what goes wrong


def test_no_such_request_says_so(server: Served) -> None:
    with pytest.raises(VendorError, match="shows no pull request 404"):
        forge(server).request("404")
    for number in ("..", "x/../7", "٣"):
        with pytest.raises(VendorError, match="no number"):
            forge(server).request(number)


def test_a_token_without_rights_is_told_what_it_lacks_and_nothing_is_concluded(
    server: Served, hub: github_forge.GitHub
) -> None:
    number = opened(hub)
    hub.lacks.add("pulls")
    with pytest.raises(BadCredentials) as caught:
        forge(server).by(hub.pulls[int(number)].commits[0])
    assert "pull requests: write" in caught.value.fix
    with pytest.raises(BadCredentials):
        forge(server).request(number)
    with pytest.raises(VendorError, match="Not Found"):
        forge(server, repository="acme/other").by("a" * 40)


def test_a_limit_that_is_told_as_403_is_waited_out(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    server.breaks(
        "limit", reply=Reply(403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "30"})
    )
    forge(server).request(number)
    assert (clock(server).now() - NOW).total_seconds() == 30


def test_a_forge_that_is_down_is_an_error_and_no_answer(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    server.breaks("503", times=99)
    with pytest.raises(Unreachable):
        forge(server).request(number)


GARBAGE = [{}, [], "x", None, 7, [7], [{}], {"number": "x", "merged_at": 3}]


@pytest.mark.parametrize("body", GARBAGE, ids=str)
def test_garbage_is_no_answer(server: Served, hub: github_forge.GitHub, body: Any) -> None:
    number = opened(hub)
    commit = hub.merges(number, "bo")
    server.checks = lambda asked, reply: None
    server.breaks("garbage", times=1, reply=Reply(200, b"null" if body is None else body))
    with pytest.raises(IncompleteRead):
        forge(server).request(number)
    if body != []:
        server.breaks("garbage", times=1, reply=Reply(200, b"null" if body is None else body))
        with pytest.raises(IncompleteRead):
            forge(server).by(commit)


def test_no_error_holds_the_token(server: Served, hub: github_forge.GitHub) -> None:
    number = opened(hub)
    for status in (400, 401, 403, 404, 422):
        server.breaks("echo", reply=Reply(status, {"message": f"bad token {TOKEN}"}))
        with pytest.raises(VendorError) as caught:
            forge(server).by("a" * 40)
        assert TOKEN not in f"{caught.value.what} {caught.value.fix} {caught.value!r}"
    server.breaks("echo", reply=Reply(200, {TOKEN: 1}), matches=lambda one: "pulls" in one.path)
    with pytest.raises(IncompleteRead) as odd:
        forge(server).request(number)
    assert TOKEN not in str(odd.value)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"repository": ""}, "repository"),
        ({"repository": "acme"}, "repository"),
        ({"repository": "acme/../x"}, "repository"),
        ({"repository": "acme/.."}, "repository"),
        ({"token": ""}, "names no token"),
        ({"token": "env:OTHER"}, "OTHER is not set"),
        ({"url": "http://github.example"}, "not https"),
    ],
)
def test_settings_that_can_not_be_meant_are_told_before_anything_is_called(
    server: Served, settings: dict[str, str], says: str
) -> None:
    with pytest.raises((Stop, VendorError), match=says):
        forge(server, **settings)
    assert server.requests == []
