"""The program's version → a small repository that a newcomer can read in five minutes, and how every one begins."""

from __future__ import annotations

IGNORED = ".seatwise/\n"

WORKFLOW = """\
name: seatwise
on: [pull_request]
permissions: {}
jobs:
  validate:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read # to check the files out
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - uses: actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c # v6.0.0
        with:
          python-version: "3.13"
      - run: pip install "seatwise==$VERSION"
        env:
          VERSION: "@version@"
      - run: seatwise validate --format github
"""

README = """\
# Our licences

Who should hold which licence, and why, is written down here; `seatwise plan` compares it with what the vendors show.

- `licenses/` what was bought and who should hold it, `owners/` who answers for it, `policies/` the rules of every plan
- `seatwise validate` checks the files, `seatwise fmt` tidies them
- `seatwise plan` shows what would change and why; it writes nothing
- `seatwise explain ada.lindqvist@acme.example` says what a person has and should have
- Changes are pull requests: edit a file, read the plan, have it approved by its owner, merge
"""

SETTINGS = """\
format: 1
timezone: Europe/Berlin
people:
  key: mail                                  # how files name people
  sources:
    hr:
      kind: csv
      from: people.csv
      complete: {rows: 5}                    # fewer rows: nobody is believed to have left
      map:
        mail: Mail
        name: Name
        status: Status
        worker: Worker
        department: Department
        country: Country
        last_day: Last day
accounts:
  chat: {vendor: sandbox, seed: sandbox/chat.csv}   # a vendor to practise with: a local file with real seats
forge: {kind: none}                          # no approvals: accepted while every account is a sandbox
"""

PEOPLE = """\
Mail,Name,Status,Worker,Department,Country,Last day
ada.lindqvist@acme.example,Ada Lindqvist,active,employee,Engineering,SE,
bo.okafor@acme.example,Bo Okafor,active,employee,Engineering,DE,
iris.weber@acme.example,Iris Weber,active,employee,Finance,DE,
kim.sato@acme.example,Kim Sato,active,employee,Engineering,JP,
lee.brandt@acme.example,Lee Brandt,active,external,Finance,DE,2027-03-31
omar.said@acme.example,Omar Said,leave,employee,Engineering,DE,
"""

SEATS = """\
sku,bought,holder,login,origin,group,options,last_used,pending,ends,name
PRO,10,,,,,,,,,
PRO,,u-1,ada.lindqvist@acme.example,direct,,,,,,Ada Lindqvist
PRO,,u-2,bo.okafor@acme.example,direct,,,,,,Bo Okafor
PRO,,u-3,omar.said@acme.example,direct,,,,,,Omar Said
"""

LICENSE = """\
license: chat-pro
product: Chat Pro
type: subscription
metric: named-user
contract: chat-terms
owner: it
account: chat
sku: PRO                                     # the vendor's own name
mode: manage                                 # only what we asked for is ever taken back
entitlements:
  2026-initial: {type: initial, quantity: 10, price: 8.00 EUR / month}
assignments:
  engineers:                                 # a rule: whoever HR says is an engineer
    where: {department: [Engineering]}
    max: 8
  finance:                                   # names: one a line
    ticket: IT-1                             # who asked, and where it was said yes to
    people:
      - iris.weber@acme.example
      - lee.brandt@acme.example: {through: 2027-03-31}   # the last day held
"""

CONTRACT = """\
contract: chat-terms
publisher: Example Chat
owner: it
contact: {name: Support, mail: support@chat.example}
start: 2026-01-01
term: 12 months
renewal: tacit                               # it goes on unless somebody says no in time
notice: {period: 30 days, form: written, to: contracts@chat.example}
"""

OWNER = """\
owner: it
approvers: [ada.lindqvist@acme.example]
deputy: finance                              # stands in for them
"""

DEPUTY = """\
owner: finance
department: Finance
approvers: [iris.weber@acme.example]
deputy: it
"""

MAX_REMOVALS = """\
policy: max-removals
level: block
per_license: {seats: 25, share: 10%}         # passed when the count and the share are passed
per_day: {seats: 60, share: 2%}
never_over: {share: 25%}
counts: [revoke, downgrade]
"""

RULE_MAX = """\
policy: rule-max
level: block                                 # every rule says how many seats it may give
"""

RESPONDER = """\
policy: responder
level: block                                 # many seats are taken only while one of them is there
who:
  - {id: ada.lindqvist@acme.example, reach: "+49 30 5550 100"}
"""


def common(version: str) -> dict[str, str]:
    """Path → text of what every repository begins with; `version` is the program's."""
    return {
        ".gitignore": IGNORED,
        ".github/workflows/validate.yml": WORKFLOW.replace("@version@", version),
        "README.md": README,
        "policies/max-removals.yaml": MAX_REMOVALS,
        "policies/rule-max.yaml": RULE_MAX,
    }


def files(version: str) -> dict[str, str]:
    """Path → text of the whole small repository."""
    return common(version) | {
        "seatwise.yaml": SETTINGS,
        "people.csv": PEOPLE,
        "sandbox/chat.csv": SEATS,
        "licenses/chat/chat-pro.yaml": LICENSE,
        "licenses/chat/contracts/chat-terms.yaml": CONTRACT,
        "owners/it.yaml": OWNER,
        "owners/finance.yaml": DEPUTY,
        "policies/responder.yaml": RESPONDER,
    }
