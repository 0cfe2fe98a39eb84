"""Figures and tables -> pages.

Inputs   <study>/figures/*.png, <study>/tables/*.csv, workflow/report/*
Outputs  <study>/report.{html,json}, <results>/index.html
"""


rule write_report:
    input:
        figures=figures_of,
        tables=tables_of,
        template=os.path.relpath(TOP / "workflow/report/report.html.j2"),
        parts=collect(
            "{folder}/{file}",
            folder=os.path.relpath(TOP / "workflow/report"),
            file=["page.css", "methods.html.j2", "map.rst", "classes.rst", "series.rst"]
            + ["panels.rst", "sankey.rst", "matrix.rst", "specification.rst"]
            + ["study_area.rst", "residuals.rst", "field_scatter.rst", "event_study.rst"]
            + ["detector.rst", "interaction.rst", "land_use.rst"],
        ),
        code=code_of("report/write_report.py"),
    output:
        report="<study>/report.html",
        card="<study>/report.json",
    log:
        "<logs>/{study}/write_report.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(10),
    params:
        study=study_of,
    message:
        "{wildcards.study}: report."
    script:
        "../scripts/report/write_report.py"


rule write_index:
    input:
        cards=collect("<results>/{study}/report.json", study=STUDIES),
        template=os.path.relpath(TOP / "workflow/report/index.html.j2"),
        parts=os.path.relpath(TOP / "workflow/report/page.css"),
        code=code_of("report/write_index.py"),
    output:
        index="<results>/index.html",
    log:
        "<logs>/write_index.log",
    localrule: True
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_attempt(5),
    message:
        "Page over all studies."
    script:
        "../scripts/report/write_index.py"
