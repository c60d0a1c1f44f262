"""Plans to look at, made by hand: no repository, no vendor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from seatwise.core import canon
from seatwise.core.model import (
    Calls,
    Cause,
    CauseKind,
    Change,
    Charge,
    Drift,
    DriftKind,
    Feed,
    Figures,
    Finding,
    Grant,
    Hold,
    Kept,
    Kind,
    Lane,
    Level,
    Need,
    Place,
    Plan,
    Row,
    RowChange,
    Settled,
    Source,
    StagePlan,
    Step,
    Unlisted,
    Verb,
)

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
TODAY = NOW.date()
COPILOT = "licenses/github/copilot-business.yaml"
ENTERPRISE = "licenses/microsoft/m365-e5.yaml"
HOSTILE = "\x1b[2J<script>alert(1)</script>|\n## @acme/admins #12\u202eevil`**[x](http://e.example)**\x07"


def mail(name: str) -> str:
    return f"{name}@acme.example"


def ask(person: str, license: str = "copilot-business") -> RowChange:
    return RowChange(None, Row("user", ("octo", license, mail(person)), {"through": None}, license))


def give(person: str, license: str, *, why: str = "assignment data-team", ticket: str = "") -> Step:
    cause = Cause(CauseKind.COMMIT, "9ab31f2", why, Place(f"licenses/x/{license}.yaml", 23), ticket)
    return Step(Change("octo", mail(person), None, Grant(license, license), cause=cause), Lane.COMMIT, "all")


def take(
    person: str,
    license: str = "copilot-business",
    *,
    days: int | None = None,
    lossy: str = "",
    exact: date | None = None,
) -> Step:
    cause = Cause(CauseKind.COMMIT, "9ab31f2", "assignment data-team", Place(COPILOT, 23))
    used = None if days is None else TODAY - timedelta(days=days)
    change = Change("octo", mail(person), Grant(license, license), None, cause=cause, last_used=used, lossy=lossy)
    return Step(change, Lane.COMMIT, "pilot", exact_through=exact)


def swap(person: str, ticket: str = "ITSM-4411") -> Step:
    cause = Cause(CauseKind.COMMIT, "9ab31f2", "assignment finance-e5", Place(ENTERPRISE, 30), ticket)
    before, after = Grant("m365-e3", "SPE_E3"), Grant("m365-e5", "SPE_E5")
    return Step(Change("m365", mail(person), before, after, cause=cause), Lane.COMMIT, "pilot")


def leaver(person: str, license: str = "slack") -> Step:
    cause = Cause(CauseKind.LEAVER, why="last day 23 Nov")
    return Step(Change("slack", mail(person), Grant(license, license), None, cause=cause), Lane.LEAVERS, "all")


def stage(kind: Kind, name: str, people: int, opens: datetime | None, ends: datetime | None = None) -> StagePlan:
    return StagePlan("9ab31f2", kind, name, tuple(f"{name}{at}" for at in range(people)), people, opens, ends)


def empty() -> Plan:
    return Plan(
        title='pull request 418 "December joiners, Copilot for Data"',
        base="7be1c04",
        head="9ab31f2",
        now=NOW,
        tool="0.1.0",
        timezone="Europe/Berlin",
        feeds=(Feed("hr", 5004, datetime(2026, 11, 24, 5, tzinfo=UTC), "sha256:aa", 5001),),
        sources=(
            Source("m365", "sandbox", NOW),
            Source("octo", "sandbox", NOW),
            Source("jetbrains", "table", datetime(2026, 11, 19, 9, tzinfo=UTC)),
        ),
        words={"copilot-business": "ends with the paid month, 30 Nov"},
    )


def nothing() -> Plan:
    drift = Drift(DriftKind.REMOVED, "slack", mail("bo.okafor"), "removed there")
    return replace(empty(), drift=(drift,), unlisted=(Unlisted("slack", "?U123", "old-admin"),), others=(leaver("ed"),))


def small() -> Plan:
    rows = (ask("ada"), ask("bo"), ask("tom.becker").reverse())
    steps = (give("ada", "copilot-business"), give("bo", "copilot-business"), take("tom.becker", days=3))
    return _digested(
        replace(
            empty(),
            rows=rows,
            steps=steps,
            figures=(_figures("copilot-business", 84, 85, 100, bill=Decimal("19.00"), currency="USD"),),
            stages=(stage(Kind.GIVES, "all", 2, None), stage(Kind.TAKES, "all", 1, None)),
            calls=(Calls("octo", 2, 3, 4.0),),
            needs=(Need("engineering", 1, ("copilot-business",)),),
        )
    )


def story() -> Plan:
    """The plan of a busy day: gives, takes in use and idle, swaps, a held row, a full pool, other lanes."""
    takes = tuple(
        take(name, days=days, lossy="new", exact=date(2026, 11, 30))
        for name, days in (("eva.novak", None), ("mia.sato", 117), ("raj.patel", 102), ("tom.becker", 3), ("jon", 96))
    )
    figma = tuple(take(name, "figma-full") for name in ("gil.perez", "hana.cho", "mia.sato"))
    team = tuple(
        give(f"atlas{at:02}", license, why="bundle engineer", ticket="ITSM-4502")
        for at in range(15)
        for license in ("slack", "jetbrains-all")
    )
    data = tuple(give(f"data{at}", "copilot-business") for at in range(8))
    swaps = tuple(swap(name) for name in ("iris.weber", "nils.falk", "omar.said", "zoe.martin"))
    return _digested(
        replace(
            empty(),
            rows=tuple(ask(f"data{at}") for at in range(8)),
            steps=(*takes, *figma, *team, *data, *swaps),
            held=(_no_country(),),
            others=(leaver("ed"), leaver("li"), leaver("li", "figma-full")),
            drift=(Drift(DriftKind.ADDED, "slack", mail("kim"), "added there"),) * 3,
            unlisted=(Unlisted("slack", "?U1", "old-admin"),) * 41,
            figures=_busy_figures(),
            stages=_busy_stages(),
            charges=(
                Charge("CC-410", "copilot-business", "USD", Decimal("190.00")),
                Charge("CC-200", "copilot-business", "USD", Decimal("57.00")),
            ),
            calls=(Calls("octo", 4, 25, 31.0), Calls("m365", 8, 29, 300.0)),
            needs=(Need("engineering", 2), Need("it-workplace", 2, given=1), Need("design", 2)),
            verdict="Not approved yet: 3 owners are missing.",
            approve_through=date(2026, 12, 8),
            findings=(
                Finding("min-admins", Level.WARN, "octo keeps 2 admins", "name a third", Place(COPILOT, 4)),
                Finding("cost-ceiling", Level.CONFIRM, "+247.00 USD a month, limit 200.00", "finance says yes"),
            ),
        )
    )


def _no_country() -> Hold:
    return Hold(
        "needs-field",
        "m365-e3",
        mail("noor.haddad"),
        "Microsoft gives no licence without a country; HR has none for her",
        "fill Land in HR",
        Place("licenses/microsoft/m365-e3.yaml", 41),
        Verb.ASSIGN,
    )


def _busy_figures() -> tuple[Figures, ...]:
    return (
        _figures(
            *("copilot-business", 84, 87, 100), bill=Decimal("247.00"), currency="USD", bill_from=date(2026, 12, 1)
        ),
        _figures("figma-full", 43, 40, 40, waiting=2, freed=3, saves_from=date(2027, 4, 1)),
        _figures("m365-e5", 411, 415, 420, on_order=((date(2026, 12, 1), 20),), paid=4),
        _figures("slack", 800, 815, 900, paid=15),
        _figures("miro", 12, 12, 20),
    )


def _busy_stages() -> tuple[StagePlan, ...]:
    saturday, sunday = datetime(2026, 11, 28, 3, tzinfo=UTC), datetime(2026, 11, 29, 3, tzinfo=UTC)
    return (
        stage(Kind.GIVES, "pilot", 8, NOW, NOW + timedelta(hours=1)),
        stage(Kind.GIVES, "rest", 15, NOW + timedelta(hours=1), NOW + timedelta(hours=2)),
        stage(Kind.TAKES, "pilot", 8, saturday, saturday + timedelta(hours=20)),
        stage(Kind.TAKES, "rest", 4, sunday, sunday + timedelta(hours=20)),
    )


def _figures(license: str, held: int, after: int, bought: int | None, **more: object) -> Figures:
    return replace(Figures(license, "octo", license, asked=after, held=held, after=after, bought=bought), **more)  # type: ignore[arg-type]


def big() -> Plan:
    """300 of 320 seats are taken on a Monday; 3,000 are given by 40 causes; everything stops it."""
    takes = tuple(take(f"person{at:04}", f"license-{at % 12}", days=at % 90) for at in range(300))
    gives = tuple(give(f"joiner{at:04}", f"license-{at % 30}", why=f"bundle team-{at % 40}") for at in range(3000))
    blocks = (
        Finding("max-removals/per_license", Level.BLOCK, "takes 300 of 320 seats (94 %), limit 25 %", "split it"),
        Finding("max-removals/never_over", Level.BLOCK, "takes 300 of 320 seats (94 %), never over 25 %", "split it"),
        *(Finding("rule-max", Level.BLOCK, f"rule {at} has no max", "max: 50", Place(COPILOT, at)) for at in range(9)),
    )
    warnings = tuple(Finding("mode", Level.WARN, f"license-{at} is unmanaged", "mode: manage") for at in range(30))
    return _digested(
        replace(
            story(),
            steps=(*takes, *gives, *(swap(f"swapper{at}", f"ITSM-{at}") for at in range(200))),
            held=tuple(replace(_no_country(), who=mail(f"joiner{at}")) for at in range(60)),
            findings=(*blocks, *warnings),
            figures=tuple(_figures(f"license-{at}", 320, 320 + at, 350, bill=Decimal(at)) for at in range(30)),
            needs=tuple(Need(f"owner-{at}", 3) for at in range(20)),
            sources=(*story().sources, Source("slack", "scim", None, "403 Forbidden", "grant users:read")),
        )
    )


def first_run() -> Plan:
    settled = tuple(Settled("m365-e3", mail(f"person{at}"), "adopt") for at in range(60))
    figures = (_figures("m365-e3", 60, 60, 80, adopts=60), _figures("slack", 0, 0, None))
    asks = tuple(ask(f"person{at}", "m365-e3") for at in range(60))
    return _digested(replace(empty(), base="", settled=settled, figures=figures, rows=asks))


def full_pool() -> Plan:
    waits = tuple(
        Hold(
            "pool-full", "figma-full", mail(who), "3 wanted, 1 free of 40", "license buy figma-full 5", verb=Verb.ASSIGN
        )
        for who in ("gil.perez", "hana.cho")
    )
    figures = (_figures("figma-full", 39, 40, 40, waiting=2),)
    steps = (give("fay", "figma-full"),)
    return _digested(replace(empty(), rows=(ask("fay"),), steps=steps, held=waits, figures=figures))


def options() -> Plan:
    grant = Grant("m365-e5", "SPE_E5")
    change = Change("m365", mail("ada"), grant, replace(grant, options=(("disabled_plans", ("SWAY",)),)))
    return _digested(replace(empty(), steps=(Step(change, Lane.COMMIT, "all"),)))


def hostile() -> Plan:
    """Every free text of a plan carries what a terminal, a browser and a forge would obey."""
    evil = HOSTILE
    cause = Cause(CauseKind.COMMIT, evil, evil, Place(evil, 3), evil)
    changes = (
        Change(evil, evil, None, Grant(evil, evil), cause=cause, login=evil),
        Change(evil, evil, Grant(evil, evil), None, cause=cause, lossy=evil, last_used=TODAY),
        Change(evil, evil, Grant(evil, evil), Grant(evil + "2", evil), cause=cause),
        Change(evil, evil, Grant(evil, evil), Grant(evil, evil, ((evil, evil),)), cause=cause),
    )
    steps = tuple(Step(change, Lane.COMMIT, evil) for change in changes)
    return replace(
        empty(),
        title=evil,
        timezone=evil,
        feeds=(Feed(evil, 3, NOW, evil),),
        sources=(Source(evil, evil, None, evil, evil), Source(evil, evil, NOW - timedelta(days=2))),
        steps=steps,
        others=steps,
        held=(Hold(evil, evil, evil, evil, evil, Place(evil)),),
        drift=(Drift(DriftKind.ADDED, evil, evil, evil, evil),),
        kept=(Kept(evil, evil, evil, evil),),
        unlisted=(Unlisted(evil, evil, evil),),
        figures=(_figures(evil, 1, 2, 2, bill=Decimal(3), currency=evil, freed=1),),
        stages=(StagePlan(evil, Kind.GIVES, evil, (evil,), 1),),
        calls=(Calls(evil, 1, 1, 1.0),),
        needs=(Need(evil, 1, (evil,), why=evil, approvers=(evil,)),),
        findings=(
            Finding(evil, Level.BLOCK, evil, evil, Place(evil)),
            Finding(evil, Level.WARN, evil, evil, Place(evil), passed_by=evil),
        ),
        names={evil: evil},
        words={evil: evil},
        verdict=evil,
    )


def _digested(plan: Plan) -> Plan:
    digest = canon.plan_digest(step.change for step in plan.steps)
    return replace(plan, ask_digest=canon.ask_digest(plan.rows), plan_digest=digest)
