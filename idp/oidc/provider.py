"""What the protocol's functions depend on, put together once, without Flask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from idp import settings
from idp.audit.addresses import RecordedAddresses, recorded_addresses
from idp.audit.context import AuditContext
from idp.audit.log import AuditLog
from idp.blocks import Blocks
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import MasterKeys
from idp.error_references import Cause, may_be_kept, remember
from idp.mandates import matters
from idp.metering.meter import Meter
from idp.oidc import levels
from idp.oidc.allowing import ClientAllowances
from idp.oidc.authorize.request_uris import RequestUris
from idp.oidc.clients.cache import ClientCache
from idp.oidc.clients.credentials.assertions import Assertions
from idp.oidc.clients.credentials.authentication import Authenticator
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.credentials.former_secrets import FormerSecrets
from idp.oidc.clients.credentials.jwks import ClientKeys, Fetch
from idp.oidc.clients.credentials.last_used import LastUses
from idp.oidc.clients.resources import Resources
from idp.oidc.details.types import DetailsTypes, load
from idp.oidc.errors import ProtocolError
from idp.oidc.http import Parameters, Request
from idp.oidc.inspection import requests as inspection
from idp.oidc.inspection.watched import Inspector
from idp.oidc.keys.decryption_keys import DecryptionKeys
from idp.oidc.keys.ring import SigningKeys
from idp.oidc.registration.initial_tokens import Registered
from idp.oidc.twists import Twists
from idp.outbound import Outbound
from idp.storage.database import reading
from idp.storage.ephemeral import Clock, EphemeralStore
from idp.storage.throttle import Throttle

CLIENT_SECRET_USE = "client secrets"  # noqa: S105
REGISTRATION_USE = "registration access tokens"
GRANT_USE = "grant ids"
BROWSER_STATE_USE = "browser states"
DETAILS_USE = "authorization details"


@dataclass(frozen=True, slots=True, repr=False)
class Provider:
    issuer: str
    protocol: settings.Protocol
    device: settings.Device
    backchannel: settings.Backchannel
    mandates: settings.Mandates
    highest_level: int
    """That somebody can reach here."""
    default_locale: str
    """Of people whose browser is not there to say theirs."""
    clock: Clock
    engine: Engine
    reads: Engine
    """For transactions that only read."""
    sessions: sessionmaker[Session]
    store: EphemeralStore
    throttle: Throttle
    allowances: ClientAllowances
    """What each client may still ask."""
    meter: Meter
    """What each client asked."""
    inspector: Inspector
    """Of clients whose team watches, each request."""
    cipher: FieldCipher
    audit: AuditLog
    addresses: RecordedAddresses
    """What the log says of them."""
    clients: ClientCache
    blocks: Blocks
    """Ranges of addresses from which nobody begins anything."""
    resources: Resources
    keys: SigningKeys
    pairwise_key: bytes
    client_keys: ClientKeys
    issuer_keys: ClientKeys
    """Of those whose assertions and statements the settings trust, at addresses of the settings'."""
    authenticator: Authenticator
    """Tells which client a request comes from."""
    decryption: DecryptionKeys
    """What clients encrypt to us opens with these."""
    request_uris: RequestUris
    grant_key: bytes
    registration_key: bytes
    browser_state_key: bytes
    details_types: DetailsTypes
    matter_names: Mapping[str, Mapping[str, str]]
    """Of what mandates are given for: by code, and by the tag of a language."""
    details_key: bytes
    """Of the digests by which authorization details are remembered and logged."""
    registrations_per_hour: int
    """From one address."""
    fetch: Fetch
    """Of what a registration names."""
    registered: Registered | None = None
    """Told of each client that registers with an initial access token."""
    twists: Twists | None = None
    """What a sandbox makes of honest answers; None elsewhere."""

    def context(
        self,
        request: Request,
        now: datetime,
        *,
        interaction_id: str | None = None,
        device: str | None = None,
    ) -> AuditContext:
        """`device`: the digest of the browser's id."""
        return AuditContext(
            at=now,
            request_id=request.request_id or None,
            address=self.addresses.recorded(request.address),
            caller=request.address or None,
            device=device,
            interaction_id=interaction_id,
        )

    def reference(
        self,
        error: ProtocolError,
        where: str,
        request: Request,
        client_id: str | None,
        given: Parameters | None = None,
    ) -> str | None:
        """Remember why a request failed; returns the short reference that stands for it. `given`: the
        parameters that counted, where they stood elsewhere than in the request.

        None once too much has failed from that address: then nothing is written down, no event either.
        """
        if not may_be_kept(self.throttle, request.address):
            return None
        cause = self.cause(error, where, request, client_id, given)
        self.note_failure(request, cause, error.status)
        return remember(self.store, cause)

    def note_refusal(self, error: ProtocolError, where: str, request: Request, client_id: str | None) -> None:
        """One that is no failure, and that nothing else is written down of: for a team that watches."""
        client = self.clients.known(client_id) if client_id else None
        if client is not None and client.is_watched(self.clock()):
            self.note_failure(request, self.cause(error, where, request, client_id), error.status)

    def note_failure(self, request: Request, cause: Cause, status: int) -> None:
        """For the client's team, while it watches."""
        client = self.clients.known(cause.client_id) if cause.client_id else None
        if client is not None:
            self.inspector.failed(client, request, cause, status)

    def cause(
        self,
        error: ProtocolError,
        where: str,
        request: Request,
        client_id: str | None,
        given: Parameters | None = None,
    ) -> Cause:
        """What is kept of a failure. It belongs to the client that the request says it comes from, proved or
        not: most failures are about the proof."""
        named = client_id or error.client_id
        if named is None:
            claimed = inspection.claimed_client(request, given)
            named = claimed if claimed is not None and self.clients.known(claimed) is not None else None
        return Cause(
            at=self.clock(),
            where=where,
            error=error.error,
            description=error.description,
            detail=error.detail,
            client_id=named or "",
            request_id=request.request_id,
            seen=inspection.seen(request, error, named, given),
        )


def client_secrets(
    configuration: settings.Settings, master_keys: MasterKeys, cipher: FieldCipher
) -> ClientSecrets:
    """Keeps and checks the secrets of clients."""
    wanted = configuration.client_secrets
    return ClientSecrets(
        master_keys.derived(CLIENT_SECRET_USE),
        cipher,
        days=wanted.days or None,
        renewed_before=timedelta(days=wanted.warning_days),
    )


def open_provider(
    configuration: settings.Settings,
    *,
    clock: Clock,
    engine: Engine,
    store: EphemeralStore,
    master_keys: MasterKeys,
    cipher: FieldCipher,
    audit: AuditLog,
    outbound: Outbound,
    outbound_to_clients: Outbound,
    registered: Registered | None = None,
    twists: Twists | None = None,
) -> Provider:
    reads = reading(engine)
    clients = ClientCache(reads, clock)
    client_keys = ClientKeys(outbound_to_clients.fetch, clock)
    throttle = Throttle(store, clock, configuration.limits, key=master_keys.derived("throttle"))
    named = _matter_names(configuration)
    return Provider(
        issuer=configuration.issuer,
        protocol=configuration.protocol,
        device=configuration.device,
        backchannel=configuration.backchannel,
        mandates=configuration.mandates,
        highest_level=_highest_level(configuration),
        default_locale=configuration.default_locale,
        clock=clock,
        engine=engine,
        reads=reads,
        sessions=sessionmaker(engine, expire_on_commit=False),
        store=store,
        throttle=throttle,
        allowances=ClientAllowances(configuration.client_limits, store, audit),
        meter=Meter(engine),
        inspector=Inspector(store, clock, is_sandbox=configuration.sandbox),
        cipher=cipher,
        audit=audit,
        addresses=recorded_addresses(configuration.audit, master_keys),
        clients=clients,
        blocks=Blocks(reads, clock),
        resources=Resources(reads, clock),
        keys=SigningKeys(reads, cipher, clock),
        pairwise_key=master_keys.pairwise,
        client_keys=client_keys,
        issuer_keys=ClientKeys(outbound.fetch, clock),
        authenticator=Authenticator(
            clients.find,
            client_secrets(configuration, master_keys, cipher),
            _assertions(configuration, client_keys, store),
            client_keys,
            LastUses(engine).note,
            FormerSecrets(reads).find,
        ),
        decryption=DecryptionKeys(reads, cipher, clock),
        request_uris=_request_uris(configuration, outbound_to_clients, throttle),
        grant_key=master_keys.derived(GRANT_USE),
        registration_key=master_keys.derived(REGISTRATION_USE),
        browser_state_key=master_keys.derived(BROWSER_STATE_USE),
        details_types=_details_types(configuration, named),
        matter_names=named,
        details_key=master_keys.derived(DETAILS_USE),
        registrations_per_hour=configuration.limits.registrations_per_address_per_hour,
        fetch=outbound_to_clients.fetch,
        registered=registered,
        twists=twists,
    )


def _assertions(
    configuration: settings.Settings, client_keys: ClientKeys, store: EphemeralStore
) -> Assertions:
    mtls_origin = configuration.protocol.mtls_origin
    return Assertions(configuration.issuer, client_keys, store, mtls_origin=mtls_origin)


def _request_uris(
    configuration: settings.Settings, outbound_to_clients: Outbound, throttle: Throttle
) -> RequestUris:
    per_minute = configuration.limits.request_uri_fetches_per_client_per_minute
    return RequestUris(outbound_to_clients.get, throttle, per_minute=per_minute)


def _matter_names(configuration: settings.Settings) -> Mapping[str, dict[str, str]]:
    folder = configuration.mandates.matters_directory
    return matters.labels(matters.load(None if folder is None else configuration.path(folder)))


def _details_types(configuration: settings.Settings, named: Mapping[str, dict[str, str]]) -> DetailsTypes:
    folder = configuration.protocol.authorization_details_directory
    return load(None if folder is None else configuration.path(folder), named)


def _highest_level(configuration: settings.Settings) -> int:
    """The sandbox's authorities say of licences that their keys are in hardware."""
    wanted = configuration.licences
    is_reached = configuration.sandbox or (wanted.roots and wanted.hardware_policies)
    return levels.HIGHEST if is_reached else levels.HIGHEST_WITHOUT_LICENCES
