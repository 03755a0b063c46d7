"""The report for programs: the same figures as JSON values, times in Italian time (ISO 8601)."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.pages import in_rome
from coalizione_mailer.report.figures import Area, Figures, Town


def account(figures: Figures, campaign: Campaign, version: str) -> dict[str, Any]:
    """Return everything the page shows, but for what it draws."""
    record = figures.record
    return {
        "campaign": campaign.configuration.campaign.name,
        "protocol": campaign.configuration.protocol.confirmation,
        "at": _moment(record.now),
        "version": version,
        "funnel": asdict(figures.funnel),
        "states": {str(state): count for state, count in figures.states.items()},
        "regions": [_area(area) for area in figures.regions],
        "provinces": [
            {"province": area.sigla, "region": area.region} | _area(area)
            for area in figures.provinces
        ],
        "days": [asdict(day) | {"day": day.day.isoformat()} for day in _days(figures)],
        "causes": dict(figures.causes),
        "failed": [
            _town(town) | {"cause": town.cause, "said": town.words} for town in figures.failed
        ],
        "left_out": [
            {"comune": one.denominazione, "province": one.sigla, "codice_istat": one.codice_istat}
            for one in record.left_out
        ],
        "silent": [_town(town) for town in figures.silent],
        "in_doubt": [_town(town) for town in figures.doubtful],
        "unsure_messages": record.unsure,
        "answers": asdict(figures.answers),
        "came_back": dict(record.came_back),
        "rounds": [
            {
                "number": one.number,
                "kind": str(one.kind),
                "protocol": one.protocol,
                "sender": one.sender,
                "frozen_at": _moment(one.frozen_at),
                "inputs": dict(one.inputs),
            }
            for one in record.rounds
        ],
    }


def _days(figures: Figures) -> Iterable[Any]:
    return figures.course.days if figures.course else ()


def _area(area: Area) -> dict[str, Any]:
    return {"name": area.name} | asdict(area.funnel)


def _town(town: Town) -> dict[str, Any]:
    standing = town.standing
    return {
        "comune": standing.denominazione,
        "province": standing.sigla,
        "codice_istat": standing.codice_istat,
        "address": standing.address,
        "state": str(standing.state),
        "since": _moment(standing.changed_at),
    }


def _moment(at: float) -> str | None:
    moment = in_rome(at)
    return moment.isoformat() if moment else None
