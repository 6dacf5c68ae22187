"""The node of an enterprise, as programs of partners meet it: token, list, paging, filters, one footprint."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

import pytest

from park.footprints.nodes import NodeProgram, basic, made_partner, published
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder

OTHER = "urn:gtin:4712345060514"
SENSELESS = (
    *("limit=-1", "limit=x", "limit=1&limit=2", "limit=%D9%A3", "limit=", "$filter=x", "productid=x"),
    *("x-park-y=1", "validOn=yesterday", "validOn=2024-01-01", "page=x", "validAfter=0000-00-00T00:00Z"),
    *("status=" + "a" * 2000, "&".join("status=a" for _ in range(300))),
)
FILTERED = (
    ("", "plain dated old classed"),
    (f"productId={OTHER}", "dated classed"),
    (f"productId={OTHER.upper()}", "dated classed"),
    ("productId=urn:bogus", ""),
    ("companyId=urn:pact:example.com:company:2", "old"),
    ("companyId=urn:pact:example.com:company:2&companyId=x", "old"),
    ("companyId=x&companyId=y", ""),
    (f"companyId=urn:bogus&productId={OTHER}", ""),
    ("geography=CN", "plain dated old classed"),
    ("geography=XX", ""),
    ("geography=", "plain dated old classed"),
    ("classification=urn:pact:productclassification:un-cpc:3744", "classed"),
    ("classification=urn:bogus", ""),
    ("status=Active", "plain dated classed"),
    ("status=Deprecated&status=Active", "plain dated old classed"),
    ("status=BogusStatus", ""),
    (f"status=Active&productId={OTHER}", "dated classed"),
    ("validOn=2025-01-01T00:00:00Z", "plain old classed"),
    ("validOn=2025-03-01T08:00:00+08:00", "plain dated old classed"),
    ("validOn=1900-01-01T00:00:00Z", ""),
    ("validAfter=2024-12-31T00:00:00.000Z", "plain dated old classed"),
    ("validAfter=2025-01-01T00:00:00Z", "dated"),
    ("validAfter=2099-12-31T23:59:59Z", ""),
    ("validBefore=2026-03-02T00:00:00.000Z", "dated"),
    ("validBefore=2028-01-02T00:00Z", "plain dated old classed"),
    ("validBefore=1900-01-01T00:00:00Z", ""),
)


@pytest.fixture
def enterprise(park: ParkFolder) -> Any:
    """Return a member."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit members"):
        Enterprise.objects.create(key="E02", name="Lime Works")
        return Enterprise.objects.create(key="E01", name="River Cement")


@pytest.fixture
def program(enterprise: Any) -> NodeProgram:
    """Return the program of an approved partner, which holds a token."""
    return _program(made_partner(enterprise))


def _program(partner: Any) -> NodeProgram:
    return NodeProgram(partner.enterprise.key, partner.client_id, partner.name)


def test_a_partner_gets_a_token_for_its_secret_alone(program: NodeProgram) -> None:
    """With the right client and secret; anything else is refused without saying what was wrong."""
    answer = program.sign_in()
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "bearer"
    assert answer["Cache-Control"] == "no-store"
    wrong = [
        program.sign_in(basic(client, secret))
        for client, secret in ((program.client, "wrong"), ("nobody", program.secret), ("", ""), ("a\0b", "c"))
    ]
    assert {(a.status_code, a.content) for a in wrong} == {(401, wrong[0].content)}
    assert wrong[0]["WWW-Authenticate"] == 'Basic realm="pact"'
    for header in ("Basic", "Basic !!!!", "Basic " + "A" * 5000, "Bearer x", "Basic /w=="):
        assert program.sign_in(header).status_code == 401
    assert program.sign_in(grant_type="password").status_code == 400


@ON_ONE
def test_a_token_is_of_one_node(program: NodeProgram) -> None:
    """At another enterprise's node, and where there is none, it is no token; strangers are told as much."""
    for key in ("E02", "E77"):
        other = NodeProgram(key, program.client, program.secret)
        assert other.token == ""
        other.token = program.token
        stranger = NodeProgram(key, "", "")
        assert other.get().status_code == stranger.get().status_code == 400
        assert other.get().content == stranger.get().content


@pytest.mark.parametrize("change", [{"state": "removed"}, {"secret_hash": "new"}, "left"])
def test_a_token_ends_with_what_it_was_got_by(program: NodeProgram, enterprise: Any, change: Any) -> None:
    """With the partner's removal, with a new secret, and when the enterprise leaves."""
    from django.utils import timezone

    from separatrix_park.models import Enterprise, Partner
    from separatrix_park.scope import whole_park

    assert program.get().status_code == 200
    with whole_park("the tests change a partner"):
        if change == "left":
            Enterprise.objects.filter(pk=enterprise.pk).update(left=timezone.now())
        else:
            Partner.objects.filter(client_id=program.client).update(**change)
    answer = program.get()
    assert (answer.status_code, answer.json()["code"]) == (401, "TokenExpired")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert program.sign_in().status_code == 401


@ON_ONE
def test_a_token_is_over_after_a_while(program: NodeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody took back ends by itself."""
    from separatrix_park.footprints import pages as node_token

    monkeypatch.setattr(node_token, "LIFETIME", -1)
    assert program.get().json()["code"] == "TokenExpired"


@ON_ONE
def test_a_forged_token_is_refused(program: NodeProgram, enterprise: Any) -> None:
    """Neither invented nor signed for something else."""
    from django.core import signing

    partner = made_partner(enterprise, "another")
    forged = signing.dumps([partner.pk.hex, "0" * 32], salt="another salt")
    for token in ("very-invalid-access-token", forged, program.token[:-1] + "!", "", "x" * 5000):
        program.token = token
        for answer in (program.get(), program.get(f"/{uuid.uuid4()}"), program.send({})):
            assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


@ON_ONE
def test_the_node_answers_over_https_alone(program: NodeProgram) -> None:
    """It refuses, and leads nowhere else: a secret that was sent openly is not sent on."""
    refused = (
        program.get(secure=False),
        program.get(f"/{uuid.uuid4()}", secure=False),
        program.sign_in(secure=False),
    )
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")
        assert "Location" not in answer


def test_one_footprint_is_shown_or_there_is_none(program: NodeProgram, enterprise: Any) -> None:
    """Of what is not for the partner the answer is that of what does not exist."""
    shown = published(enterprise)
    hidden = published(enterprise, for_all=False)
    answer = program.get(f"/{shown.pk}")
    assert answer.json() == {"data": shown.record}
    nothing = program.get("/00000000-0000-0000-0000-000000000000")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "NotFound")
    assert (program.get(f"/{hidden.pk}").status_code, program.get(f"/{hidden.pk}").content) == (
        404,
        nothing.content,
    )
    assert program.get("/urn:gtin:1").status_code == 400


def test_a_list_is_read_page_by_page(program: NodeProgram, enterprise: Any) -> None:
    """Each footprint once and in the order of publication, whatever is published meanwhile."""
    made = [published(enterprise, count) for count in range(5)]
    published(enterprise, 9, for_all=False)
    assert program.ids() == [str(f.pk) for f in made]
    answer, seen = program.get("?limit=2"), []
    while True:
        page = [record["id"] for record in answer.json()["data"]]
        assert len(page) <= 2
        seen += page
        if "Link" not in answer:
            break
        link = answer["Link"]
        assert link.startswith("<https://localhost/pact/E01/3/footprints?limit=2&page=")
        assert link.endswith('>; rel="next"')
        assert program.follow(link).json() == program.follow(link).json()
        answer = program.follow(link)
    assert seen == [str(f.pk) for f in made]
    assert program.get("?limit=5").json() == program.get().json()
    assert "Link" not in program.get("?limit=5")
    for query in ("?limit=0", "?limit=0&geography=CN"):
        empty = program.get(query)
        assert (empty.status_code, empty.json()["data"], "Link" in empty) == (200, [], False)


def test_an_id_of_an_enterprise_may_be_chinese(park: ParkFolder) -> None:
    """Its addresses are written as the network has them, and found again."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit a member"):
        enterprise = Enterprise.objects.create(key="水泥01", name="River Cement")
    made = [published(enterprise, count) for count in range(2)]
    partner = made_partner(enterprise, client_id="cement")
    program = _program(partner)
    first = program.get("?limit=1")
    assert first["Link"].isascii()
    assert [r["id"] for r in program.follow(first["Link"]).json()["data"]] == [str(made[1].pk)]


@ON_ONE
def test_the_address_of_a_page_is_for_whom_it_was_made(program: NodeProgram, enterprise: Any) -> None:
    """Another partner gets nothing by it, and other criteria are another list."""
    for count in range(3):
        published(enterprise, count)
    link = program.get("?limit=1")["Link"]
    assert program.follow(link).status_code == 200
    assert _program(made_partner(enterprise, "another")).follow(link).status_code == 400
    for changed in (link.replace("limit=1", "limit=2"), link.replace("page=", "page=x")):
        assert program.follow(changed).status_code == 400


@ON_ONE
def test_a_query_that_makes_no_sense_is_refused(program: NodeProgram) -> None:
    """A parameter that is misspelt would quietly show more than was asked for."""
    for query in SENSELESS:
        answer = program.get(f"?{query}")
        assert (query, answer.status_code, answer.json()["code"]) == (query, 400, "BadRequest")


@pytest.fixture
def some(enterprise: Any) -> dict[str, str]:
    """Publish four unlike footprints; return their ids by name."""
    when = {"validityPeriodStart": "2025-03-01T00:00:00Z", "validityPeriodEnd": "2026-03-01T00:00:00Z"}
    made = {
        "plain": published(enterprise, 0),
        "dated": published(enterprise, 1, product_id=OTHER, **when),
        "old": published(enterprise, 2, status="Deprecated", companyIds=["urn:pact:example.com:company:2"]),
        "classed": published(
            enterprise,
            3,
            productClassifications=["urn:pact:productclassification:un-cpc:3744"],
            productIds=[OTHER, "urn:gtin:4712345060521"],
        ),
    }
    return {str(footprint.pk): name for name, footprint in made.items()}


def test_a_list_is_filtered(program: NodeProgram, some: dict[str, str]) -> None:
    """One value of a criterion is enough, and each criterion has to be met."""
    for query, names in FILTERED:
        assert (query, [some[pf] for pf in program.ids(f"?{query}")]) == (query, names.split())


def test_a_filter_goes_along_from_page_to_page(program: NodeProgram, some: dict[str, str]) -> None:
    """The address of the next page asks for the same."""
    first = program.get(f"?productId={quote(OTHER)}&limit=1")
    second = program.follow(first["Link"])
    assert [some[r["id"]] for a in (first, second) for r in a.json()["data"]] == ["dated", "classed"]
    assert "Link" not in second


def test_what_a_partner_was_given_is_kept_and_logged_once(program: NodeProgram, enterprise: Any) -> None:
    """So that it hears of each newer version; reading it again writes nothing."""
    from separatrix_park.models import FootprintDelivery, LogEntry
    from separatrix_park.scope import whole_park

    made = [published(enterprise, count) for count in range(3)]
    program.get("?limit=2")
    program.get(f"/{made[1].pk}")
    program.get("?limit=2")
    with whole_park("the tests look"):
        held = set(FootprintDelivery.objects.values_list("footprint_id", flat=True))
        logged = list(LogEntry.objects.filter(action="footprint handed over"))
    assert held == {made[0].pk, made[1].pk}
    assert [(e.about, e.actor.split()[0]) for e in logged] == [(enterprise.pk, "partner")] * 2


@ON_ONE
def test_a_session_of_a_browser_counts_for_nothing(program: NodeProgram, enterprise: Any) -> None:
    """Nor does the node give one: no page elsewhere can ride on it."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests sign somebody in"):
        person = Person.objects.create_user("a@example.org", "approval", enterprise.pk)
        program.browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    program.token = ""
    assert program.get().status_code == 400
    assert not program.get().cookies


@ON_ONE
def test_whatever_is_refused_is_json(program: NodeProgram) -> None:
    """An address of nothing, another method, a name of no host: no page for people."""
    for answer, status in (
        (program.browser.get("/pact/E01/2/footprints", secure=True), 404),
        (program.browser.get("/pact/", secure=True), 404),
        (program.browser.delete("/pact/E01/3/footprints", secure=True), 405),
        (program.browser.get("/pact/E01/auth/token", secure=True), 405),
        (program.browser.get("/pact/E01/3/footprints", secure=True, headers={"Host": "evil.example"}), 400),
        (program.browser.get("/pact/E\0/3/footprints", secure=True), 400),
    ):
        assert answer.status_code == status
        assert set(answer.json()) == {"code", "message"}


@ON_ONE
def test_the_node_says_where_tokens_are_given(program: NodeProgram) -> None:
    """By OpenID discovery; the same of an enterprise that does not exist."""
    for key in ("E01", "E77"):
        told = program.browser.get(f"/pact/{key}/.well-known/openid-configuration", secure=True).json()
        assert told["token_endpoint"] == f"https://localhost/pact/{key}/auth/token"
