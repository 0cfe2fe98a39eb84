"""The register of public inputs (config/datasets.yaml).

Standard library, yaml and jsonschema only: plans are made before any environment exists.
"""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator

TOP = Path(__file__).resolve().parents[3]
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
        content = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=_TextDates)
    except yaml.YAMLError as error:
        raise BadRegister(f"{path}: is not valid YAML: {error}") from error
    validator = Draft202012Validator(yaml.safe_load(Path(schema).read_text(encoding="utf-8")))
    faults = sorted(validator.iter_errors(content), key=lambda fault: list(map(str, fault.path)))
    if faults:
        lines = [f"  {'.'.join(map(str, fault.path))}: {fault.message}" for fault in faults]
        raise BadRegister(
            f"{path} is not valid:\n" + "\n".join(lines) + f"\nIts keys stand in {schema}."
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


class _TextDates(yaml.SafeLoader):
    """Dates stay the text that was written."""


_TextDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
    try:
        return dataset["addresses"][purpose].format(**fields)
    except KeyError as error:
        raise BadRegister(
            f"The {purpose} address of {dataset['name']} needs {error.args[0]}. Give "
            f"{error.args[0]}=..."
        ) from None


def has_year(dataset, year):
    """Tell whether a dataset covers a year; an open end counts as covered."""
    first, last = dataset["years"]
    return first <= year and (last is None or year <= last)
