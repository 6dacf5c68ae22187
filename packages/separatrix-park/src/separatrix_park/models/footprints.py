"""Product footprints exchanged by enterprises: partners, their rights, and footprints sent and received."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.tenant import PartnerRow, TenantRow, one_of
from separatrix_park.scope import PARTNER, Scope, current

PARTNER_STATES = (
    ("proposed", _("waiting for a second person")),
    ("approved", _("approved")),
    ("rejected", _("rejected")),
    ("removed", _("removed")),
)
"""What people call the states of a partner."""

FOOTPRINT_STATES = (
    ("draft", _("draft")),
    ("published", _("published")),
    ("deprecated", _("replaced by a newer one")),
    ("withdrawn", _("withdrawn")),
)
"""What people call the states of a footprint."""

REQUEST_STATES = (
    ("open", _("open")),
    ("fulfilled", _("fulfilled")),
    ("rejected", _("rejected")),
)
"""What people call the states of a request for footprints."""

SENT_STATES = (
    ("waiting", _("waiting")),
    ("sent", _("sent")),
    ("given up", _("given up")),
)
"""What people call the states of an event on its way."""


class Partner(TenantRow):
    """Another enterprise's node of PACT: how it signs in here, and how we sign in there.

    It receives no requests and no responses until two people of the enterprise have agreed: one proposes
    it, another approves it. Its programs sign in with ``client_id`` and a secret; only the hash of the
    secret is stored. ``remote_secret`` is encrypted under the park's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    company_ids = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=PARTNER_STATES, default="proposed")
    client_id = models.CharField(max_length=64, unique=True, null=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=500, blank=True)
    """Of its node, below which ``/3/footprints`` and ``/3/events`` lie; empty where we may not call."""
    token_address = models.CharField(max_length=500, blank=True)
    remote_client = models.CharField(max_length=200, blank=True)
    remote_secret = models.TextField(blank=True)
    pending = models.JSONField(default=dict)
    """Another address and secret of its node, which one person entered and a second has to approve."""
    proposer = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed = models.DateTimeField(auto_now_add=True)
    judge = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    judged = models.DateTimeField(null=True)
    why = models.TextField(blank=True)
    heard = models.DateTimeField(null=True)
    """When its node last answered us as it should."""
    trouble = models.TextField(blank=True)
    """Problem at the last failed request."""

    def __str__(self) -> str:
        return str(self.name)

    @property
    def actor(self) -> str:
        """What the log calls its own program."""
        return f"partner {self.pk}"

    @property
    def reachable(self) -> bool:
        """Whether its node may be called: it is approved and has an address."""
        return self.state == "approved" and bool(self.address)

    def require_own_scope(self) -> None:
        """Refuse a scope of another enterprise than the one whose partner it is, or of another partner."""
        scope = current()
        if scope.partner not in (None, self.pk) or scope.enterprise not in (None, self.enterprise_id):
            raise PermissionDenied

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return to a partner itself."""
        return Q(pk=scope.partner) if scope.partner is not None else super().readable(scope)

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        return f'{super().read_rule()} OR {{row}}"id" = {{partner}}'


class PublishedFootprint(TenantRow):
    """One version of the footprint of a product, as a record of PACT's; a correction is another version.

    The id is that of the record.  Nothing of a published record is changed but that it is deprecated.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product_id = models.CharField(max_length=300)
    product = models.CharField(max_length=300)
    record = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=FOOTPRINT_STATES, default="draft")
    replaces = models.UUIDField(null=True)
    """The version before this one."""
    roll_up = models.ForeignKey("park.ProductRollUp", null=True, on_delete=models.SET_NULL, related_name="+")
    """What it was taken from; None where it was entered by hand."""
    for_all = models.BooleanField(default=False)
    """Whether all approved partners see it; else those to whom it is granted."""
    why = models.TextField(blank=True)
    proposer = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.DateTimeField(auto_now_add=True)
    publisher = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    published = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        indexes = (models.Index(fields=["enterprise", "state", "published"]),)

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return to a partner what was published for it."""
        if scope.partner is None:
            return super().readable(scope)
        partner = Partner.objects.filter(
            pk=scope.partner, state="approved", enterprise_id=OuterRef("enterprise_id")
        )
        granted = FootprintGrant.objects.filter(footprint_id=OuterRef("pk"), partner_id=scope.partner)
        return Q(Exists(partner), state__in=("published", "deprecated")) & (
            Q(for_all=True) | Q(Exists(granted))
        )

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        partner = (
            'SELECT 1 FROM "park_partner" p WHERE p."id" = {partner} AND p."state" = \'approved\''
            ' AND p."enterprise_id" = {row}"enterprise_id"'
        )
        granted = (
            'SELECT 1 FROM "park_footprintgrant" g WHERE g."footprint_id" = {row}"id"'
            ' AND g."partner_id" = {partner}'
        )
        public = f"{one_of({PARTNER})} AND {{row}}\"state\" IN ('published', 'deprecated')"
        return (
            f"{super().read_rule()} OR ({public} AND EXISTS ({partner})"
            f' AND ({{row}}"for_all" OR EXISTS ({granted})))'
        )


class FootprintGrant(PartnerRow):
    """That a partner may see a footprint."""

    footprint = models.ForeignKey(PublishedFootprint, on_delete=models.CASCADE, related_name="grants")
    made = models.DateTimeField(auto_now_add=True)

    class Meta(PartnerRow.Meta):
        constraints = (models.UniqueConstraint(name="one_grant_a_partner", fields=["footprint", "partner"]),)

    @classmethod
    def _of_the_same(cls) -> Iterable[str]:
        # Whose the footprint is, its own rule asks once more; PostgreSQL takes no circle.
        return (rule for rule in super()._of_the_same() if '"footprint_id"' not in rule)


class FootprintDelivery(PartnerRow):
    """That a partner has a footprint, and since when: it hears of each newer version."""

    PARTNER_WRITES = True

    footprint = models.ForeignKey(PublishedFootprint, on_delete=models.CASCADE, related_name="deliveries")
    first = models.DateTimeField(auto_now_add=True)

    class Meta(PartnerRow.Meta):
        constraints = (
            models.UniqueConstraint(name="one_delivery_a_partner", fields=["footprint", "partner"]),
        )


class ReceivedEvent(PartnerRow):
    """An event that a partner sent; an id that is used again has to come with the same content."""

    PARTNER_WRITES = True

    event_id = models.CharField(max_length=300)
    kind = models.CharField(max_length=100)
    source = models.CharField(max_length=500)
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    received = models.DateTimeField(auto_now_add=True)
    outcome = models.TextField(blank=True)
    """What came of it, where it could not be used."""

    class Meta(PartnerRow.Meta):
        constraints = (models.UniqueConstraint(name="one_event_an_id", fields=["partner", "event_id"]),)


class SentEvent(PartnerRow):
    """An event for a partner: tried again with growing pauses for three days, then given up."""

    event_id = models.UUIDField(unique=True, default=uuid.uuid4)
    kind = models.CharField(max_length=100)
    content = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=SENT_STATES, default="waiting")
    tries = models.IntegerField(default=0)
    made = models.DateTimeField(auto_now_add=True)
    next_try = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)

    class Meta(PartnerRow.Meta):
        indexes = (models.Index(fields=["state", "next_try"]),)


class FootprintRequest(PartnerRow):
    """A request for footprints: of a partner, or, where it is ``ours``, by us; by the id of its event."""

    PARTNER_WRITES = True

    ours = models.BooleanField()
    event_id = models.CharField(max_length=300)
    product_ids = models.JSONField(default=list)
    content = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=REQUEST_STATES, default="open")
    answer = models.JSONField(default=dict)
    """The ids of the footprints that fulfil it, or the error that it was rejected with."""
    made = models.DateTimeField(auto_now_add=True)
    answered = models.DateTimeField(null=True)

    class Meta(PartnerRow.Meta):
        constraints = (
            models.UniqueConstraint(name="one_request_an_event", fields=["partner", "ours", "event_id"]),
        )


class ReceivedFootprint(PartnerRow):
    """A footprint that a partner sent, as it came; what was received is never overwritten.

    ``replaced_by`` is the id of a newer version, once the partner has announced one.
    """

    pf_id = models.UUIDField()
    product_ids = models.JSONField(default=list)
    product = models.CharField(max_length=300)
    record = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    way = models.CharField(max_length=20)
    """By which it came: ``request``, ``list`` or ``event``."""
    deprecated = models.DateTimeField(null=True)
    replaced_by = models.UUIDField(null=True)
    received = models.DateTimeField(auto_now_add=True)

    class Meta(PartnerRow.Meta):
        constraints = (models.UniqueConstraint(name="one_record_an_id", fields=["partner", "pf_id"]),)


class SupplyLink(TenantRow):
    """Which product of a partner, or of a member of the park, stands for something that is bought.

    Just one of ``partner`` and ``member`` is named; ``input`` and ``supplier`` are those of the rows of
    purchases.
    """

    input = models.CharField(max_length=200)
    supplier = models.CharField(max_length=200, blank=True)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Enterprise, null=True, on_delete=models.CASCADE, related_name="+")
    product_id = models.CharField(max_length=300)
    made = models.DateTimeField(auto_now_add=True)

    class Meta(TenantRow.Meta):
        constraints = (
            models.UniqueConstraint(name="one_link_an_input", fields=["enterprise", "input", "supplier"]),
        )


class FootprintChoice(TenantRow):
    """An enterprise's settings for the calculation of its product footprints, and which of them the park
    may use.

    What the park may use goes into the footprints of those who buy the product, and they read it there.
    """

    allocation = models.CharField(max_length=10, blank=True)
    """By what emissions are shared among several products; empty where that is not said."""
    for_park = models.BooleanField(default=False)
    """Whether others of the park may use the footprints of all products."""
    products_for_park = models.JSONField(default=list)
    """Else of these alone, by their names."""
    changed = models.DateTimeField(auto_now=True)

    class Meta(TenantRow.Meta):
        constraints = (models.UniqueConstraint(name="one_choice_an_enterprise", fields=["enterprise"]),)


class ProductRollUp(TenantRow):
    """A calculated footprint of an enterprise's product, in versions; jobs write it.

    ``basis`` identifies all inputs: the approved data, and the versions of received footprints. Once these
    have changed it is ``outdated``, until another version replaces it; ``why_outdated`` contains a code for
    the change, and the partner or member, for pages.
    """

    WRITERS = frozenset()
    DERIVED = True

    year = models.IntegerField()
    product_id = models.CharField(max_length=300)
    product = models.CharField(max_length=300)
    version = models.IntegerField()
    basis = models.CharField(max_length=64)
    whole = models.BooleanField()
    result = models.JSONField(default=dict)
    made = models.DateTimeField(auto_now_add=True)
    outdated = models.DateTimeField(null=True)
    why_outdated = models.TextField(blank=True)

    class Meta(TenantRow.Meta):
        constraints = (
            models.UniqueConstraint(
                name="one_roll_up_a_version", fields=["enterprise", "product_id", "year", "version"]
            ),
        )


class RollUpInput(TenantRow):
    """An input of a roll-up: the product, its amount, and the version of its footprint.

    ``amount`` goes into one unit of the product, ``carbon`` is the footprint of one unit of what goes in.
    """

    WRITERS = frozenset()
    DERIVED = True

    roll_up = models.ForeignKey(ProductRollUp, on_delete=models.CASCADE, related_name="inputs")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.SET_NULL, related_name="+")
    """None where it is of a member of the park."""
    pf_id = models.UUIDField(null=True)
    supplier = models.CharField(max_length=200)
    product_id = models.CharField(max_length=300)
    product = models.CharField(max_length=300)
    amount = models.FloatField()
    unit = models.CharField(max_length=40)
    carbon = models.FloatField()
    primary_share = models.FloatField(null=True)
    created = models.CharField(max_length=40, blank=True)
    """When its record was made; of a member of the park, what its approved data are called."""
