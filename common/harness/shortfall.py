"""What keeps runs from being a whole reproduction, and how tables say so."""

from __future__ import annotations

from common.harness.groups import RunGroup
from common.harness.record import Record, as_stored
from common.harness.settings import Settings
from common.harness.targets import PaperTables
from common.harness.verdict import REPRODUCTIONS

OTHER_SETTINGS = "run with other settings than settings.toml"


def shortfalls(paper: PaperTables, group: RunGroup) -> list[str]:
    """What keeps runs from being the whole of what is declared, none where nothing does.

    Another variant than the one that was preferred; other settings than `settings.toml` has now, in
    the runs or in an ensemble's members; fewer folds or members than the paper's experiments have;
    training that `--hours` ended, or that ended at the cap of its epochs while still improving.
    """
    found = (
        _other_variant(group),
        _other_settings(paper, group),
        _members_settings(group),
        _missing_folds(paper, group),
        _missing_members(paper, group),
        _cut_short(group),
        _still_improving(group),
    )
    return list(filter(None, found))


def ran_on(data: str, profile: str, shortfall: str) -> str:
    """Data of some runs, and whether they are not the whole of the full runs that are declared."""
    shortened = "" if profile == "full" else profile
    partly = "not as declared" if shortfall else ""
    return ", ".join(filter(None, [data, shortened, partly]))


def group_ran_on(paper: PaperTables, group: RunGroup) -> str:
    """As `ran_on`, of a group of one of the paper's experiments."""
    return ran_on(group.data, group.profile, "; ".join(shortfalls(paper, group)))


def is_reproduction(data: str, profile: str, shortfall: str) -> bool:
    """Whether some runs are full ones, as declared, on exact or reconstructed data."""
    return data in REPRODUCTIONS and profile == "full" and not shortfall


def other_settings(settings: Settings, record: Record) -> list[str]:
    """Names of what a run used otherwise than `settings.toml` has for it now, sorted.

    What the seed of a random search drew is not among them.
    """
    key = record.key
    now = settings.resolve(key.variant, key.profile, key.experiment)
    names = sorted({*now, *record.settings} - {*record.content["extra"].get("drawn", ())})
    return [name for name in names if as_stored(now.get(name)) != record.settings.get(name)]


def _other_variant(group: RunGroup) -> str:
    """Remark where another variant answers, because it has more folds."""
    return f"variant {group.variant} in place of {group.in_place_of}" if group.in_place_of else ""


def _other_settings(paper: PaperTables, group: RunGroup) -> str:
    """Remark where the runs used other settings than `settings.toml` has for them now."""
    differ = other_settings(paper.settings, group.records[0])
    return f"{OTHER_SETTINGS}: {', '.join(differ)}" if differ else ""


def _members_settings(group: RunGroup) -> str:
    """Remark where the members of an ensemble did, which its own settings do not tell."""
    told = (record.content["extra"].get("members_other_settings", ()) for record in group.records)
    differ = sorted({name for names in told for name in names})
    return f"members {OTHER_SETTINGS}: {', '.join(differ)}" if differ else ""


def _missing_folds(paper: PaperTables, group: RunGroup) -> str:
    """Remark where a cross-validation is not finished yet."""
    key = group.records[0].key
    expected = paper.folds_of(key.experiment, key.profile)
    return f"{group.folds} of {expected} folds" if group.folds < expected else ""


def _missing_members(paper: PaperTables, group: RunGroup) -> str:
    """Remark where an ensemble averaged fewer runs than there should be."""
    key, extra = group.records[0].key, group.records[0].content["extra"]
    if "members" not in extra:
        return ""
    expected = paper.members_of(key.experiment, key.profile)
    expected = min(expected, extra.get("most", expected))
    found = len(extra["members"])
    return f"{found} of {expected} members" if found < expected else ""


def _cut_short(group: RunGroup) -> str:
    """Remark where training was ended before the recipe was done."""
    return "; ".join(group.told("cut_short"))


def _still_improving(group: RunGroup) -> str:
    """Remark where early stopping never came: the best epoch is the last that the cap allows.

    Only of full runs, since shorter ones are short on purpose. Training without patience is meant
    to end where it does; without validation there is no best epoch.
    """
    if group.profile != "full":
        return ""
    found = [record for record in group.records if _best_is_last(record)]
    if not found:
        return ""
    epochs = ", ".join(dict.fromkeys(str(record.content["epochs"]) for record in found))
    return f"{len(found)} of {len(group.records)} runs still improving at the last epoch ({epochs})"


def _best_is_last(record: Record) -> bool:
    """Whether a run that would have stopped early was best at its last epoch, unless cut short."""
    extra = record.content["extra"]
    waits = any(v for name, v in record.settings.items() if name.endswith("patience"))
    best = extra.get("best_epoch")
    return bool(waits and best and best == record.content.get("epochs") and "hours" not in extra)
