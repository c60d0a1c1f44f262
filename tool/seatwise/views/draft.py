"""What an import makes of an export → the files of a new repository; each value is quoted where YAML needs it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from seatwise.core.guess import slug
from seatwise.core.intake import Draft
from seatwise.core.model import PeopleSource
from seatwise.core.propose import Rule

PLAIN = re.compile(r"[A-Za-z]([A-Za-z0-9@._+/ -]*[A-Za-z0-9])?")
WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
ROOM = 10
"""A rule may grow by a tenth before somebody must say yes again."""

SETTINGS = """\
format: 1
timezone: UTC                                # the organisation's own: Europe/Berlin
people:
  key: mail
  sources:
    hr:
      kind: csv
      from: people.csv
      map:
{%- for field, column in source.columns.items() %}
{%- if field in source.codes %}
        {{ field }}: {column: {{ column }}, codes: {{ source.codes[field] | flow }}}
{%- else %}
        {{ field }}: {{ column }}
{%- endif %}
{%- endfor %}
{%- if source.logins %}
        logins: {{ source.logins | flow }}
{%- endif %}
accounts:
  {{ account }}:
    vendor: table                            # read from an export; changes become a task for an administrator
    from: {{ export }}
{%- for key, value in form.items() %}
    {{ key }}: {{ value | flow }}
{%- endfor %}
    age: 31 days
forge: {kind: none}                          # plan works; apply needs approvals: github, gitlab or local
"""

CONTRACT = """\
# An export says nothing about the contract: every line here is to be checked.
contract: {{ account }}-terms
publisher: {{ account }}
owner: {{ owner }}
contact: {name: {{ account }}}
start: {{ today }}
term: 12 months
renewal: never                               # express, or tacit; with a notice period
"""

OWNER = """\
owner: {{ owner }}
approvers: {{ approvers | flow }}
"""

ALONE = """\
policy: owner-required
level: warn                                  # one person approves, and nobody can stand in: name a second, drop this
"""

LICENSE = """\
license: {{ draft.id }}
product: {{ draft.sku }}
type: subscription
metric: named-user
contract: {{ account }}-terms
owner: {{ owner }}
account: {{ account }}
sku: {{ draft.sku }}
mode: manage                                 # what stands here is kept so; other seats are reported and left alone
entitlements:
  as-found: {type: initial, quantity: {{ draft.held }}}   # as many as are held; put in what was bought
assignments:{% if not (draft.rules or draft.people) %} []{% endif %}
{%- for name, rule in rules %}
  {{ name }}:                                # explains {{ rule.explains | length }} of {{ draft.held }} seats
    where: {{ rule.where.keys | flow }}
    max: {{ rule | most }}
{%- endfor %}
{%- if draft.people %}
  as-found:
    people:
{%- for person in draft.people %}
      - {{ person }}
{%- endfor %}
{%- endif %}
{%- for name, rule in waiting %}

# A rule for {{ rule.explains | length }} of {{ draft.held }} seats; it would give {{ rule.newcomers | length }} more.
# To use it, put it among the assignments and drop the names that it explains:
#   {{ name }}:
#     where: {{ rule.where.keys | flow }}
#     max: {{ rule | most }}
# Would get a seat: {{ rule.newcomers[:20] | flow }}{% if rule.newcomers | length > 20 %} and more{% endif %}
{%- endfor %}
{%- for who in draft.left %}
# Has left and holds a seat: {{ who }}
{%- endfor %}
{%- for who in draft.strangers %}
# Not among the people and holds a seat: {{ who }}
{%- endfor %}
"""


@dataclass(frozen=True, slots=True)
class Import:
    """What the files of an imported repository are made of. `source` has the people's columns."""

    account: str
    export: str
    form: Mapping[str, Any]
    """How the account reads the export: the console's `format`, or `columns`, and `sku` where none says the product."""
    source: PeopleSource
    approvers: tuple[str, ...]
    today: date
    drafts: tuple[Draft, ...]
    owner: str = "it"


def files(made: Import) -> dict[str, str]:
    """Path → text."""
    common: dict[str, Any] = {name: getattr(made, name) for name in made.__slots__}
    licenses = {f"licenses/{made.account}/{draft.id}.yaml": _license(draft, common) for draft in made.drafts}
    return {
        "seatwise.yaml": _filled(SETTINGS, common),
        f"owners/{made.owner}.yaml": _filled(OWNER, common),
        f"licenses/{made.account}/contracts/{made.account}-terms.yaml": _filled(CONTRACT, common),
        **({} if len(made.approvers) > 1 else {"policies/owner-required.yaml": ALONE}),
        **licenses,
    }


def _license(draft: Draft, common: Mapping[str, Any]) -> str:
    named = _named((*draft.rules, *draft.waiting))
    active = len(draft.rules)
    return _filled(LICENSE, {**common, "draft": draft, "rules": named[:active], "waiting": named[active:]})


def _named(rules: tuple[Rule, ...]) -> list[tuple[str, Rule]]:
    names = ["as-found"]
    for rule in rules:
        names.append(slug(" ".join(value for _, values in rule.where.keys for value in values[:3]), names))
    return list(zip(names[1:], rules, strict=True))


def _filled(template: str, values: Mapping[str, Any]) -> str:
    import jinja2

    templates = jinja2.Environment(finalize=_shown, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    templates.filters |= {"flow": _flow, "most": _most}
    return templates.from_string(template).render(values)


class _Yaml(str):
    """Text that is YAML already."""


def _shown(value: Any) -> str:
    return value if isinstance(value, _Yaml) else scalar(str(value)) if isinstance(value, str) and value else str(value)


def scalar(text: str) -> str:
    """The text as a YAML scalar that means this text: plain where that is safe, else in double quotes."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    return "".join(_escaped(letter) for letter in json.dumps(text, ensure_ascii=False))


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _flow(value: Any) -> _Yaml:
    """A mapping, pairs or a list of texts on one line."""
    if isinstance(value, Mapping):
        return _Yaml("{" + ", ".join(f"{scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}")
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return _flow(dict(value))
    return _Yaml("[" + ", ".join(map(scalar, value)) + "]" if isinstance(value, tuple) else scalar(value))


def _most(rule: Rule) -> int:
    matched = len(rule.explains) + len(rule.newcomers)
    return matched + max(1, matched // ROOM)
