"""The register of public inputs (config/datasets.yaml).

Standard library, yaml and jsonschema only: plans are made before any environment exists.
"""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from nepflow.study import settings_file

TOP = Path(__file__).resolve().parents[4]
FILE = TOP / "config/datasets.yaml"
SCHEMA = TOP / "workflow/schemas/datasets.schema.yaml"


class BadRegister(ValueError):
    """The register does not follow its schema, or lacks what is asked of it."""


def load(path=FILE, schema=SCHEMA):
    """Return {name: dataset} of a register.

    Raises
    ------
    BadRegister
        One line a fault.
    """
    content = _content(path, schema)
    names = [dataset["name"] for dataset in content["datasets"]]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BadRegister(f"{path}: the name {sorted(twice)[0]} is used twice. Rename one.")
    for dataset in content["datasets"]:
        _check_domains(dataset, content["logins"], path)
    return dict(zip(names, content["datasets"], strict=True))


@cache
def login_domains(login, path=FILE, schema=SCHEMA):
    """Return the domains whose hosts may see a login, such as "earthdata".

    Raises
    ------
    BadRegister
    """
    return tuple(_content(path, schema)["logins"][login]["domains"])


def lies_in(host, domains):
    """Tell whether a host is one of some domains, or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _content(path, schema):
    try:
        content = settings_file.read(path)
    except FileNotFoundError as error:
        raise BadRegister(f"{path}: is not there. Restore it.") from error
    except settings_file.BadSettings as error:
        raise BadRegister(str(error)) from None
    faults = settings_file.faults(content, schema)
    if faults:
        raise BadRegister(
            f"{path} is not valid:\n" + "\n".join(faults) + f"\nIts keys stand in {schema}."
        )
    return content


def _check_domains(dataset, logins, path):
    """Refuse a dataset whose own addresses its login would not be sent to."""
    if dataset["login"] == "none":
        return
    domains = logins[dataset["login"]]["domains"]
    for address in filter(None, [*dataset["addresses"].values(), dataset["mirror"]]):
        host = urlsplit(address).hostname or ""
        if not lies_in(host, domains):
            raise BadRegister(
                f"{path}: {dataset['name']} needs the {dataset['login']} login at {host}, which "
                f"is none of logins.{dataset['login']}.domains ({', '.join(domains)}). Correct "
                "the address, or add its domain there."
            )


def address(dataset, purpose, **fields):
    """Return an address of a dataset with its fields filled.

    Parameters
    ----------
    dataset : dict
        Entry of `load`.
    purpose : str
        Key of its ``addresses``.
    **fields
        Values of the names in braces.

    Raises
    ------
    BadRegister
        If the dataset is retired, has no such address, or a field is not given.
    """
    if dataset["retired"]:
        raise BadRegister(f"{dataset['name']} cannot be downloaded: {dataset['retired']}.")
    if purpose not in dataset["addresses"]:
        raise BadRegister(
            f"config/datasets.yaml: {dataset['name']} has no {purpose} address. Restore it."
        )
    pattern = dataset["addresses"][purpose]
    lacking = settings_file.stray_braces(pattern, fields)
    if lacking:
        name = lacking.strip("{}")
        raise BadRegister(
            f"The {purpose} address of {dataset['name']} needs {name}. Give {name}=..."
        )
    return settings_file.filled(pattern, **fields)


def has_year(dataset, year):
    """Tell whether a dataset covers a year; an open end counts as covered."""
    first, last = dataset["years"]
    return first <= year and (last is None or year <= last)
