from snakemake.utils import min_version

min_version("9.19")


# reads config/config.yaml and the studies that it names
include: "workflow/rules/common.smk"


pathvars:
    study="<results>/{study}",
    banded="<results>/{study}{band}",


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
include: "workflow/rules/uncertainty.smk"
include: "workflow/rules/attribution.smk"
include: "workflow/rules/detector.smk"
include: "workflow/rules/restoration.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/raw.smk"


if any(study["grid"]["blocks"] > 1 for study in STUDIES.values()):

    include: "workflow/rules/bands.smk"


wildcard_constraints:
    study="|".join(map(re.escape, STUDIES)),
    band=files.folder_of_band(STUDIES),
    year=r"\d{4}",
    collection=r"\d{3}|rasters|casa",
    variable="|".join([*variables.VARIABLES, "nep", "npp", "rh"]),
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
# A changed module of the library reruns the rules whose scripts import it. What a script watches
# over, it gets as a parameter.
for item in workflow.modifier.rules:
    if item.log:
        item.benchmark_modifier = workflow.modifier.path_modifier
        item.benchmark = os.path.splitext(item.log[0])[0] + ".tsv"
    if item.script and "code" not in item.input.keys():
        item.input_modifier = workflow.modifier.path_modifier
        item.set_input(code=imports.code_of(item.script.removeprefix("../scripts/")))
    if item.script and raw_inputs.is_watched(SCRIPTS / item.script.removeprefix("../scripts/")):
        item.params_modifier = workflow.modifier.path_modifier
        item.set_params(raw=raw_files_of, changed=changed_inputs(item))
