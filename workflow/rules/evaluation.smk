"""Field data -> how well models and NEP agree with them; zones -> how they differ.

Inputs   tables of plots and sites of the raw folder, <study>/nep/nep.tif, zones and layers
Outputs  <study>/tables/{plots,sites}_comparison.csv, <study>/evaluation/{plots,sites}.csv,
         <study>/tables/contrast_<contrast>.csv
"""


rule estimate_contrast:
    input:
        zones=contrast_zones,
        layers=contrast_layers,
        covariates=contrast_covariates,
        grid="<study>/grid.tif",
        code=code_of("zones/estimate_contrast.py"),
    output:
        table="<study>/tables/contrast_{contrast}.csv",
    log:
        "<logs>/{study}/estimate_contrast/{contrast}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(30),
    params:
        layers=contrast_layer_names,
        entry=contrast_entry,
        settings=lookup(within=STUDIES, dpath="{study}/contrast"),
    message:
        "{wildcards.study}: {wildcards.contrast} against the rest of the area."
    script:
        "../scripts/zones/estimate_contrast.py"


rule compare_plots:
    input:
        plots=field_file("plots"),
        calibration=calibration_if_named,
        code=code_of("evaluation/compare_plots.py"),
    output:
        table="<study>/tables/plots_comparison.csv",
        pairs="<study>/evaluation/plots.csv",
    log:
        "<logs>/{study}/compare_plots.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        plots=lookup(within=STUDIES, dpath="{study}/plots"),
        models=models_of_soil,
        respiration=lookup(within=STUDIES, dpath="{study}/respiration"),
        simulated=lookup(within=STUDIES, dpath="{study}/simulated"),
    message:
        "{wildcards.study}: models of respiration at field plots."
    script:
        "../scripts/evaluation/compare_plots.py"


rule compare_sites:
    input:
        sites=field_file("sites"),
        nep="<study>/nep/nep.tif",
        code=code_of("evaluation/compare_sites.py"),
    output:
        table="<study>/tables/sites_comparison.csv",
        pairs="<study>/evaluation/sites.csv",
    log:
        "<logs>/{study}/compare_sites.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        entry=sites_entry,
        years=years_of,
    message:
        "{wildcards.study}: NEP at sites."
    script:
        "../scripts/evaluation/compare_sites.py"


rule draw_scatter:
    input:
        pairs=pairs_of_figure,
        grid="<study>/grid.tif",
        code=code_of("figures/draw_scatter.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/field_scatter.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_scatter/{figure}.log",
    wildcard_constraints:
        figure=figure_names("field_scatter"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: modelled against observed {wildcards.figure}."
    script:
        "../scripts/figures/draw_scatter.py"
