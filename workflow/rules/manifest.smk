"""Products of a study -> their styles and digests.

Inputs   every raster, table, figure and page of a study
Outputs  <study>/styles.csv with a .qml beside each raster that it names, <study>/manifest.csv
"""


rule write_styles:
    input:
        rasters=styled_rasters,
        code=code_of("report/write_styles.py"),
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
        figures=lookup(within=STUDIES, dpath="{study}/figures"),
    message:
        "{wildcards.study}: colours and class names for QGIS."
    script:
        "../scripts/report/write_styles.py"


rule write_manifest:
    input:
        products=products_of,
        code=code_of("report/write_manifest.py"),
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
