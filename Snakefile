from snakemake.utils import min_version

min_version("9.19")


# reads config/config.yaml and the studies that it names
include: "workflow/rules/common.smk"


pathvars:
    study="<results>/{study}",
    twin="<results>/twin/{study}",


include: "workflow/rules/study.smk"
include: "workflow/rules/download.smk"
include: "workflow/rules/simulation.smk"
include: "workflow/rules/landcover.smk"
include: "workflow/rules/stations.smk"
include: "workflow/rules/climate.smk"
include: "workflow/rules/npp.smk"
include: "workflow/rules/respiration.smk"
include: "workflow/rules/pixel.smk"
include: "workflow/rules/zones.smk"
include: "workflow/rules/attribution.smk"
include: "workflow/rules/detector.smk"
include: "workflow/rules/restoration.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/raw.smk"
include: "workflow/rules/bands_paths.smk"


if BANDED_STUDIES:

    include: "workflow/rules/bands.smk"


wildcard_constraints:
    study="|".join(map(re.escape, STUDIES)),
    year=r"\d{4}",
    collection=r"\d{3}|rasters|casa",
    variable="temperature|precipitation|radiation|nep|npp|rh",
    reading="monthly|annual_once|annual_x12",
    zones=r"\w+",
    figure=r"\w+",


rule downloads:
    input:
        downloads.everything(STUDIES),
    localrule: True


rule all:
    default_target: True
    input:
        collect("<results>/{study}/manifest.csv", study=STUDIES),
        "<results>/index.html",
    localrule: True


# What each job took (time, memory, bytes) stands beside its log; `make bench` tables it.
for item in workflow.rules:
    if item.log:
        item.benchmark_modifier = workflow.modifier.path_modifier
        item.benchmark = os.path.splitext(item.log[0])[0] + ".tsv"
