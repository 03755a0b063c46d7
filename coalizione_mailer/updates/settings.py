"""``campaign.toml`` changed in one place, its comments and its order kept (tomlkit)."""

from pathlib import Path

from coalizione_mailer.campaign.reader import FILE_NAME
from coalizione_mailer.updates.update import Change, Topic, Written


def set_recipients(root: Path, key: str, value: str) -> tuple[Change, Written] | None:
    """Return the change of one key of ``[recipients]`` and the file with it; None if it is so.

    The file has been read by ``campaign.load`` before: it is TOML and has the section.
    """
    import tomlkit

    raw = (root / FILE_NAME).read_bytes()
    document = tomlkit.parse(raw.decode("utf-8-sig"))
    section = document["recipients"]
    assert isinstance(section, tomlkit.items.Table)
    before = section.get(key)
    if before == value:
        return None
    section[key] = value
    change = Change(Topic.SETTING, f"recipients.{key}", before=str(before or ""), after=value)
    return change, Written(Path(FILE_NAME), tomlkit.dumps(document).encode(), official=False)
