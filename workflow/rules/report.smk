"""Figures and tables -> report, styles, manifest, index of the studies.

Inputs   <study>/figures/*.png, <study>/tables/*.csv, workflow/report/*
         every raster, table, figure and page of a study
Outputs  <study>/report.{html,json}, <results>/index.html
         <study>/styles.csv with a .qml beside each raster that it names, <study>/manifest.csv
"""

from nepflow.study import products


rule write_report:
    input:
        figures=of_study(products.figure_pages),
        tables=of_study(products.page_tables),
        template=os.path.relpath(TOP / "workflow/report/report.html.j2"),
        parts=collect(
            "{folder}/{file}",
            folder=os.path.relpath(TOP / "workflow/report"),
            file=["page.css", "methods.html.j2", "references.bib"],
        ),
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
        study=of_study(dict),
    message:
        "{wildcards.study}: report."
    script:
        "../scripts/report/write_report.py"


rule write_index:
    input:
        cards=collect("<results>/{study}/report.json", study=STUDIES),
        template=os.path.relpath(TOP / "workflow/report/index.html.j2"),
        parts=os.path.relpath(TOP / "workflow/report/page.css"),
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


rule write_styles:
    input:
        rasters=of_study(products.styled_rasters),
    output:
        styles="<study>/styles.csv",
    log:
        "<logs>/{study}/write_styles.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(30),
    params:
        figures=setting("figures"),
    message:
        "{wildcards.study}: colours and class names for QGIS."
    script:
        "../scripts/report/write_styles.py"


rule write_manifest:
    input:
        products=of_study(products.products),
    output:
        manifest="<study>/manifest.csv",
    log:
        "<logs>/{study}/write_manifest.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(60),
    message:
        "{wildcards.study}: digests of all products."
    script:
        "../scripts/report/write_manifest.py"
