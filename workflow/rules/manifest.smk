"""Products of a study -> their digests.

Inputs   every raster, table, figure and page of a study
Outputs  <study>/manifest.csv
"""


rule write_manifest:
    input:
        products=products_of,
        code=code_of("write_manifest.py"),
    output:
        manifest="<study>/manifest.csv",
    log:
        "<logs>/{study}/write_manifest.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    message:
        "{wildcards.study}: digests of all products."
    script:
        "../scripts/write_manifest.py"
