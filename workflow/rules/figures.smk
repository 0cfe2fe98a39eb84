"""Layers and tables -> figures.

Inputs   layers and tables of any stage: what the kind of a figure reads (nepflow/study/figures.py)
Outputs  <study>/figures/*.{png,pdf}
"""

from nepflow.study import figures


rule draw_figure:
    input:
        unpack(of_study(figures.files, "figure")),
        code=of_study(lambda study, figure: imports.code_of(*figures.code(study, figure)), "figure"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/figure.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_figure/{figure}.log",
    wildcard_constraints:
        figure=figures.pattern(STUDIES),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(of_study(figures.mem_mb, "figure")),
        runtime=by_size(of_study(figures.minutes, "figure")),
    params:
        drawing=of_study(figures.drawing, "figure"),
        figure=of_study(figures.entry, "figure"),
        options=of_study(figures.options, "figure"),
        caption=of_study(figures.caption, "figure"),
    message:
        "{wildcards.study}: figure {wildcards.figure} ({params.figure[kind]})."
    script:
        "../scripts/figures/draw_figure.py"
