"""Tables of what factors explain -> figures, one rule a kind.

Inputs   <study>/tables/detector_*.csv, <study>/grid.tif
Outputs  <study>/figures/*.{png,pdf}
"""


rule draw_detector:
    input:
        table=detector_figure_table("factors"),
        grid="<study>/grid.tif",
        code=code_of("figures/draw_detector.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/detector.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_detector/{figure}.log",
    wildcard_constraints:
        figure=figure_names("detector"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        level=lookup(within=STUDIES, dpath="{study}/detector/significance_p"),
    message:
        "{wildcards.study}: factors {wildcards.figure}."
    script:
        "../scripts/figures/draw_detector.py"


rule draw_interaction:
    input:
        table=detector_figure_table("interactions"),
        grid="<study>/grid.tif",
        code=code_of("figures/draw_interaction.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/interaction.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_interaction/{figure}.log",
    wildcard_constraints:
        figure=figure_names("interaction"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: interactions {wildcards.figure}."
    script:
        "../scripts/figures/draw_interaction.py"
