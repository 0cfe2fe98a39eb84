"""Restoration projects -> their effect on NEP, and trends by stage.

Inputs   polygons, or raster of numbers and table, of the raw folder, <study>/nep/nep.tif, climate, dem.tif, landcover
Outputs  <study>/restoration/{projects,distance}.tif, <study>/restoration/projects.csv,
         <study>/tables/restoration_{effects,events,stages}.csv
"""

from nepflow.study import layers, restoration


rule define_projects:
    input:
        projects=of_study(restoration.file),
        numbers=of_study(restoration.number_table),
        grid="<study>/grid.tif",
    output:
        number="<study>/restoration/projects.tif",
        distance="<study>/restoration/distance.tif",
        table="<study>/restoration/projects.csv",
    log:
        "<logs>/{study}/define_projects.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        columns=setting("restoration/columns"),
        whole_cells=setting("restoration/whole_cells"),
        entry=of_study(restoration.reading),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: restoration projects on the grid."
    script:
        "../scripts/restoration/define_projects.py"


rule estimate_restoration:
    input:
        number="<study>/restoration/projects.tif",
        distance="<study>/restoration/distance.tif",
        projects="<study>/restoration/projects.csv",
        nep="<study>/nep/nep.tif",
        climate=of_study(layers.drivers),
        dem="<study>/dem.tif",
        landcover=of_study(restoration.first_landcover),
        grid="<study>/grid.tif",
    output:
        effects="<study>/tables/restoration_effects.csv",
        events="<study>/tables/restoration_events.csv",
    log:
        "<logs>/{study}/estimate_restoration.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        variables=setting("climate/variables"),
        restoration=setting("restoration"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: effect of restoration on NEP."
    script:
        "../scripts/restoration/estimate_restoration.py"


rule summarise_restoration:
    input:
        number="<study>/restoration/projects.tif",
        distance="<study>/restoration/distance.tif",
        projects="<study>/restoration/projects.csv",
        nep="<study>/nep/nep.tif",
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/restoration_stages.csv",
    log:
        "<logs>/{study}/summarise_restoration.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        years=setting("years"),
        restoration=setting("restoration"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: NEP of restored and untreated land by stage."
    script:
        "../scripts/restoration/summarise_restoration.py"
