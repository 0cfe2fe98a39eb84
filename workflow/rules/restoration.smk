"""Restoration projects -> their effect on NEP, and trends by stage.

Inputs   polygons, or raster of numbers and table, of the raw folder, <study>/nep/nep.tif, climate, dem.tif, landcover
Outputs  <study>/restoration/{projects,distance}.tif, <study>/restoration/projects.csv,
         <study>/tables/restoration_{effects,events,stages}.csv, figures
"""


rule define_projects:
    input:
        projects=restoration_file,
        numbers=restoration_numbers,
        grid="<study>/grid.tif",
        code=code_of("restoration/define_projects.py"),
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
        columns=lookup(within=STUDIES, dpath="{study}/restoration/columns"),
        whole_cells=lookup(within=STUDIES, dpath="{study}/restoration/whole_cells"),
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
        climate=climate_of_restoration,
        dem="<study>/dem.tif",
        landcover=landcover_of_first_year,
        grid="<study>/grid.tif",
        code=code_of("restoration/estimate_restoration.py"),
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
        years=years_of,
        variables=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        settings=lookup(within=STUDIES, dpath="{study}/restoration"),
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
        code=code_of("restoration/summarise_restoration.py"),
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
        years=years_of,
        settings=lookup(within=STUDIES, dpath="{study}/restoration"),
    message:
        "{wildcards.study}: NEP of restored and untreated land by stage."
    script:
        "../scripts/restoration/summarise_restoration.py"


rule draw_event_study:
    input:
        events="<study>/tables/restoration_events.csv",
        effects="<study>/tables/restoration_effects.csv",
        grid="<study>/grid.tif",
        code=code_of("figures/draw_event_study.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/event_study.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_event_study/{figure}.log",
    wildcard_constraints:
        figure=figure_names("event_study"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        base_years=lookup(within=STUDIES, dpath="{study}/restoration/base_years"),
    message:
        "{wildcards.study}: effect by year since the start {wildcards.figure}."
    script:
        "../scripts/figures/draw_event_study.py"
