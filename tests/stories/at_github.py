"""A company whose repository is at GitHub: real branches and merges in git, pull requests and reviews at the emulated forge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.company import Company
from tests.emulators.github_forge import Activity, Commit, GitHub, Pull, Review

from seatwise.core.approval import Standing
from seatwise.core.model import Exit
from seatwise.flows.approve import standing
from seatwise.vendor_contract.server import Served

TOKEN = "t0ken-of-the-forge"
EVERYBODY = ("ann", "bo", "cy", "dan", "eve", "boss", "chief", "cfo")
"""Their logins are their names. boss and chief approve for it, cfo for money."""
OWNERS = {
    "it": "owner: it\napprovers: [boss@x.example, chief@x.example: {up_to: 2 seats}]\ndeputy: money\n",
    "money": "owner: money\napprovers: [cfo@x.example]\n",
}


class AtGitHub(Company):
    """Everything in force was for practice when it was taken up; from then on the forge is asked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.played = GitHub(self.clock, TOKEN)
        self.server = Served(self.played)  # what passes is held against the contract in tests/edges
        self.env["FORGE"] = TOKEN
        settings = (self.root / "seatwise.yaml").read_text(encoding="utf-8")
        self.write("seatwise.yaml", settings.replace("title: title", "title: title\n        logins: {forge: title}"))
        for id, text in OWNERS.items():
            self.write(f"owners/{id}.yaml", text)
        self.sells(A=40, B=40)
        for name in EVERYBODY:
            self.hires(name, title=name)
        self.license("b", [], extra="")
        self.asks("cy has a", a="cy")
        self.apply()
        settings = (self.root / "seatwise.yaml").read_text(encoding="utf-8")
        at = f"forge: {{kind: github, repository: acme/licences, token: env:FORGE, url: '{self.server.url}'}}"
        self.write("seatwise.yaml", settings.replace("forge: {kind: none}", at))
        self.commit("pull requests are approved at GitHub")
        assert self.apply().exit is Exit.OK
        self.shows("main", "ann")

    def copy(self, folder: Path) -> AtGitHub:
        """The same company again; the one server plays the forge of the newest copy, at the same address."""
        server = self.__dict__.pop("server")
        twin = super().copy(folder)
        self.server = server
        assert isinstance(twin, AtGitHub)
        twin.server, twin.played.clock = server, twin.clock
        server.emulator = twin.played
        server.faults.clear()
        server.requests.clear()
        return twin

    def shows(self, branch: str, by: str) -> str:
        """Tells the forge of everything that a branch has; its head. `by` pushed it."""
        for line in self.git("log", "--format=%H|%P|%an|%s", branch).splitlines():
            sha, parents, author, title = line.split("|", 3)
            mail = f"{author}@x.example"
            made = Commit(sha, tuple(parents.split()), title, author, author, mail, self.played.now())
            self.played.commits.setdefault(sha, made)
        head = self.git("rev-parse", branch)
        self.played.branches[branch] = head
        self.played.activity.append(Activity(branch, head, by, self.played.now()))
        for pull in self.played.pulls.values():
            if pull.branch == branch and not pull.merged:
                pull.commits = self._beyond(pull.base, branch)
        return head

    def _beyond(self, base: str, branch: str) -> list[str]:
        return self.git("rev-list", "--reverse", f"{base}..{branch}").split()

    def proposes(self, by: str, people: str, branch: str = "more", license: str = "a") -> str:
        """A branch from main that asks for these people, and its pull request; the number."""
        self.git("switch", "-q", "-c", branch, "main")
        self.license(license, people.split())
        self.saves(by, f"{license} for {people}", branch)
        return self.opens(by, branch)

    def saves(self, by: str, title: str, branch: str) -> str:
        """Commits what is on disk and pushes the branch."""
        self.git("add", "-A")
        self.git("commit", "-q", "--author", f"{by} <{by}@x.example>", "-m", title)
        self.git("push", "-q", "-f", "origin", branch)
        return self.shows(branch, by)

    def opens(self, by: str, branch: str, base: str = "main") -> str:
        number = len(self.played.pulls) + 1
        self.played.pulls[number] = Pull(number, by, branch, base, self._beyond(base, branch))
        return str(number)

    def reviews(self, number: str, by: str, state: str = "APPROVED", **later: float) -> Review:
        if later:
            self.clock.sleep(later["minutes"] * 60)
        return self.played.reviews(number, by, state)

    def merges(self, number: str, by: str = "ann", how: Sequence[str] = ("--no-ff",)) -> str:
        """Merges into main as git does, and tells the forge; the merge commit. `--squash` and `rebase` as GitHub does them."""
        pull = self.played.pulls[int(number)]
        old = self.git("rev-parse", "main")
        self.git("switch", "-q", "main")
        if "--squash" in how:
            self.git("merge", "-q", "--squash", pull.branch)
            self.git("commit", "-q", "-m", f"pull request {number}")
        elif "rebase" in how:
            self.git("switch", "-q", "--detach", pull.branch)
            self.git("rebase", "-q", "main")
            self.git("branch", "-f", "main", "HEAD")
            self.git("switch", "-q", "main")
        else:
            self.git("merge", "-q", *how, "-m", f"Merge pull request {number}", pull.branch)
        return self.landed(number, old, by)

    def landed(self, number: str, old: str, by: str = "ann") -> str:
        """What main has beyond `old` came by this pull request."""
        pull = self.played.pulls[int(number)]
        self.git("push", "-q", "-f", "origin", "main")
        head = self.shows("main", by)
        pull.landed = self.git("rev-list", "--first-parent", "--reverse", f"{old}..main").split()
        pull.merged, pull.merger = head, by
        return head

    # what comes of it

    def standing(self, request: str = "") -> tuple[Standing, ...]:
        return standing(self.workspace, request)

    def refused(self) -> str:
        """Why the newest changeset is not taken up; nobody was given or lost anything for it."""
        before = {sku: self.has(sku) for sku in ("A", "B")}
        run = self.apply()
        assert run.exit is Exit.DENIED and {sku: self.has(sku) for sku in ("A", "B")} == before
        return " ".join(one.what for one in run.findings if one.rule == "not-approved")
