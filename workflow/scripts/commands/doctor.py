"""Check environment, login, disk, memory and each raw input of a study; name faults and remedies.

make doctor STUDY=my_region            (LIVE=--live tries the Earthdata login)
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.download.redaction import keep_secrets_out
from nepflow.inputs import checks, user_files
from nepflow.study import load


def main(words=None, top=load.TOP):
    """Print the findings; return the number of faults, 0 where all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study")
    parser.add_argument("--live", action="store_true", help="try the Earthdata login")
    options = parser.parse_args(words)
    try:
        study = load.study(options.study, top)
    except ValueError as error:
        print(f"FAULT study: {error}")
        return 1
    faults = 0
    downloads = load.settings(top)["acquire"]
    inputs = () if study["simulated"] else user_files.raw_findings(study, top, downloads)
    for part in (checks.of_site(study, top, options.live), inputs):
        for finding in part:
            faults += not finding.well
            print(f"{'ok   ' if finding.well else 'FAULT'} {finding.check}: {finding.text}")
            for warning in finding.warnings:
                print(f"      WARNING: {warning}")
            if not finding.well:
                print(f"      remedy: {finding.remedy}")
    print(f"{faults} faults." if faults else "All is well.")
    return faults


if __name__ == "__main__":
    load.run(main, keep_secrets_out)
