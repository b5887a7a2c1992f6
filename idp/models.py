"""Every table there is, so that migrations and tests see them all."""

import idp.apps.going_live.models
import idp.apps.models
import idp.audit.following
import idp.audit.models
import idp.audit.statistics.models
import idp.audit.streaming.models
import idp.audit.tree.models
import idp.audit.verifications.models
import idp.blocks
import idp.business.models
import idp.business.registry.models
import idp.cases.models
import idp.checker.models
import idp.detection.models
import idp.mandates.models
import idp.mandates.uses
import idp.measures.models
import idp.metering.models
import idp.oidc.backchannel.known
import idp.oidc.clients.changes.history
import idp.oidc.clients.credentials.client_keys
import idp.oidc.clients.credentials.client_secrets
import idp.oidc.clients.credentials.former_secrets
import idp.oidc.clients.limits
import idp.oidc.clients.models
import idp.oidc.inspection.watching
import idp.oidc.keys.models
import idp.oidc.logos.models
import idp.oidc.registration.initial_tokens
import idp.oidc.sharing
import idp.oidc.token.offline_grants
import idp.people.models
import idp.people.registry.models
import idp.sandbox.people.models
import idp.session_clients
import idp.sessions
import idp.staff.desk_models
import idp.staff.models
import idp.storage.outbox  # noqa: F401
from idp.storage.base import Base

metadata = Base.metadata
