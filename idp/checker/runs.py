"""Runs of checks: one at a time an app, done by a worker, and the last few reports."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    column,
    delete,
    func,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, sessionmaker

from clients.checker.report import Report, Result
from clients.checker.report import read as read_report
from idp.checker.models import CheckerRun, RunBy, RunState
from idp.storage.base import new_id

KEPT = 10
"""Reports of one app by our server, and as many that were brought: nobody pushes ours out with theirs."""
BROUGHT_EVERY = timedelta(seconds=10)
"""A program that brings reports faster is out of order."""
LONGEST_SECONDS = 180.0
LOST_AFTER = timedelta(seconds=LONGEST_SECONDS + 120)
"""A run takes no longer, so its worker has died."""
WAITS_AT_MOST = timedelta(minutes=10)
"""No worker runs, or all are busy: better to ask again than to be answered tomorrow."""
WAITING_OF_A_TEAM, WAITING_OF_ALL = 5, 200
"""Of a team with many apps no more wait than that: what waits longer than ten minutes is given up."""
OF_LATE = timedelta(hours=1)
APPS = table("apps", column("id"), column("client_id"), column("team_id"))
"""Of the room above, whose rows name the client."""
LOST, NO_WORKER = "lost", "no_worker"
"""Why a run is broken that nobody ended."""
UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


class UnderWay(Exception):
    """Another run of this app has not ended yet."""


class QueueFull(Exception):
    """So many wait already, of the team or of all, that one more would be given up before its turn."""


class TooSoon(Exception):
    """A report has just been brought."""


def start(session: Session, app_id: str, now: datetime) -> CheckerRun:
    """For a worker to do. The caller commits. Raises UnderWay, QueueFull."""
    give_up_lost(session, now)
    _refuse_full(session, app_id)
    run = CheckerRun(
        id=new_id(now),
        app_id=app_id,
        by=RunBy.SERVER,
        state=RunState.WAITING,
        made_at=now,
        begun_at=None,
        ended_at=None,
        report=None,
        failure=None,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        raise UnderWay from None
    _forget_old(session, app_id, RunBy.SERVER)
    return run


def claim(sessions: sessionmaker[Session], now: datetime) -> CheckerRun | None:
    """The next one, for whoever asks first."""
    with sessions.begin() as session:
        give_up_lost(session, now)
        run_id = session.scalar(_in_turn(now).limit(1))
        if run_id is None:
            return None
        taken = session.execute(
            update(CheckerRun)
            .where(CheckerRun.id == run_id, CheckerRun.state == RunState.WAITING)
            .values(state=RunState.RUNNING, begun_at=now)
            .returning(CheckerRun.id)
        ).scalar()
        return None if taken is None else session.get_one(CheckerRun, taken, populate_existing=True)


def is_waiting(session: Session) -> bool:
    """Looked up without a lock, since a worker asks all day."""
    query = select(CheckerRun.id).where(CheckerRun.state == RunState.WAITING).limit(1)
    return session.scalar(query) is not None


def lost(session: Session, now: datetime) -> Sequence[CheckerRun]:
    """Those whose worker has died, or which none has begun. Looked up without a lock, as above."""
    return session.scalars(select(CheckerRun).where(_is_lost(now))).all()


def standing(run: CheckerRun, now: datetime) -> tuple[RunState, str]:
    """Its state, and why it is broken: one that is lost is so before anybody has written it down."""
    if run.state == RunState.RUNNING and run.begun_at is not None and run.begun_at < now - LOST_AFTER:
        return RunState.BROKEN, LOST
    if run.state == RunState.WAITING and run.made_at < now - WAITS_AT_MOST:
        return RunState.BROKEN, NO_WORKER
    return RunState(run.state), run.failure or ""


def progress(session: Session, run_id: str, results: Sequence[Result]) -> bool:
    """What there is so far. False: nobody waits for this run any more. The caller commits."""
    told = {"checks": [{"check": one.check, "verdict": one.verdict.value} for one in results]}
    return _changed(session, run_id, report=told)


def finish(session: Session, run_id: str, report: Report, now: datetime) -> bool:
    return _changed(session, run_id, state=RunState.DONE, ended_at=now, report=report.as_json())


def give_up(session: Session, run_id: str, why: str, now: datetime) -> bool:
    return _changed(session, run_id, state=RunState.BROKEN, ended_at=now, failure=why)


def bring(session: Session, app_id: str, report: Report, now: datetime) -> CheckerRun:
    """A report that somebody has run on a machine of their own. The caller commits. Raises TooSoon."""
    newest = select(CheckerRun.made_at).where(CheckerRun.app_id == app_id, CheckerRun.by == RunBy.DEVELOPER)
    last = session.scalar(newest.order_by(CheckerRun.id.desc()).limit(1))
    if last is not None and now - last < BROUGHT_EVERY:
        raise TooSoon
    run = CheckerRun(
        id=new_id(now),
        app_id=app_id,
        by=RunBy.DEVELOPER,
        state=RunState.DONE,
        made_at=now,
        begun_at=report.begun_at,
        ended_at=now,
        report=report.as_json(),
        failure=None,
    )
    session.add(run)
    session.flush()
    _forget_old(session, app_id, RunBy.DEVELOPER)
    return run


def of_app(session: Session, app_id: str) -> Sequence[CheckerRun]:
    """The latest first."""
    query = select(CheckerRun).where(CheckerRun.app_id == app_id).order_by(CheckerRun.id.desc())
    return session.scalars(query.limit(2 * KEPT)).all()


def find(session: Session, app_id: str, run_id: str) -> CheckerRun | None:
    query = select(CheckerRun).where(CheckerRun.app_id == app_id, CheckerRun.id == run_id)
    return session.scalar(query)


def latest(session: Session, app_id: str, by: RunBy | None = None) -> tuple[CheckerRun, Report] | None:
    """The last report of an app; `by`: of those alone. What going live asks for is `RunBy.SERVER`."""
    query = select(CheckerRun).where(CheckerRun.app_id == app_id, CheckerRun.state == RunState.DONE)
    if by is not None:
        query = query.where(CheckerRun.by == by)
    run = session.scalar(query.order_by(CheckerRun.id.desc()).limit(1))
    try:
        return None if run is None else (run, report_of(run))
    except ValueError:
        return None  # of a version that is not read any more


def client_id_of(session: Session, app_id: str) -> str | None:
    """None: a draft, or there is no such app any more."""
    found: str | None = session.scalar(select(APPS.c.client_id).where(APPS.c.id == app_id))
    return found


def report_of(run: CheckerRun) -> Report:
    """Of one that is done. Raises ValueError."""
    return read_report(run.report)


def so_far(run: CheckerRun) -> list[dict[str, Any]]:
    """Of one that runs: `check` and `verdict` of each result."""
    return list((run.report or {}).get("checks", ()))


def give_up_lost(session: Session, now: datetime) -> None:
    """The caller commits."""
    why = case((CheckerRun.state == RunState.RUNNING, LOST), else_=NO_WORKER)
    broken = update(CheckerRun).where(_is_lost(now))
    session.execute(broken.values(state=RunState.BROKEN, ended_at=now, failure=why))


def _is_lost(now: datetime) -> ColumnElement[bool]:
    died = and_(CheckerRun.state == RunState.RUNNING, CheckerRun.begun_at < now - LOST_AFTER)
    forgotten = and_(CheckerRun.state == RunState.WAITING, CheckerRun.made_at < now - WAITS_AT_MOST)
    return or_(died, forgotten)


def _refuse_full(session: Session, app_id: str) -> None:
    other = APPS.alias()
    theirs = select(other.c.id).where(other.c.team_id == APPS.c.team_id, APPS.c.id == app_id)
    waiting = select(func.count()).select_from(CheckerRun).where(CheckerRun.state == RunState.WAITING)
    of_team = session.scalar(waiting.where(CheckerRun.app_id.in_(theirs))) or 0
    if of_team >= WAITING_OF_A_TEAM or (session.scalar(waiting) or 0) >= WAITING_OF_ALL:
        raise QueueFull


def _in_turn(now: datetime) -> Select[Any]:
    """Those that wait: the first is of the team for which least was begun of late, then who waits longest. So
    a team with many apps, each of which takes as long as it may, holds nobody else up."""
    other, theirs = aliased(CheckerRun), APPS.alias()
    begun = (
        select(func.count())
        .select_from(other)
        .join(theirs, theirs.c.id == other.app_id)
        .where(theirs.c.team_id == APPS.c.team_id, other.by == RunBy.SERVER, other.begun_at > now - OF_LATE)
        .correlate(APPS)
        .scalar_subquery()
    )
    waiting = select(CheckerRun.id).join(APPS, APPS.c.id == CheckerRun.app_id)
    return waiting.where(CheckerRun.state == RunState.WAITING).order_by(begun, CheckerRun.id)


def _changed(session: Session, run_id: str, **values: Any) -> bool:
    running = update(CheckerRun).where(CheckerRun.id == run_id, CheckerRun.state == RunState.RUNNING)
    return session.execute(running.values(**values).returning(CheckerRun.id)).scalar() is not None


def _forget_old(session: Session, app_id: str, by: RunBy) -> None:
    of_these = (CheckerRun.app_id == app_id, CheckerRun.by == by)
    kept = select(CheckerRun.id).where(*of_these).order_by(CheckerRun.id.desc())
    session.execute(
        delete(CheckerRun).where(
            *of_these,
            CheckerRun.state.not_in(UNDER_WAY),
            CheckerRun.id.not_in(kept.limit(KEPT).scalar_subquery()),
        )
    )
