# Predictions of a large FASTA file, a job for each part. Files are written whole, and what is there
# is kept: after a kill the same command goes on.
#
#     snakemake -s common/predict/shards.smk --cores 8 \
#         --nolock --keep-incomplete --ignore-incomplete \
#         --config fasta=my.fasta model=sonderby output=my.tsv parts=8 form=tsv
#
# `reproduce predict my.fasta --model sonderby -o my.tsv --shards 8` prints this command, and the one
# for a cluster. Bad records are skipped and listed in OUTPUT.rejected.tsv.
import sys
from pathlib import Path

from common.predict.shards import join_tables, split_fasta

OUTPUT = Path(config["output"])
FOLDER = OUTPUT.with_name(f"{OUTPUT.name}.parts")
LIKE = "jsonl" if {".json", ".jsonl"}.intersection(OUTPUT.suffixes[-2:]) else "tsv"
ENDING = config.get("form", LIKE)
NUMBERS = [f"{number:05d}" for number in range(int(config["parts"]))]
PARTS = [str(FOLDER / f"{number}.fasta.gz") for number in NUMBERS]
TABLES = [str(FOLDER / f"{number}.{ENDING}") for number in NUMBERS]
REJECTED = str(FOLDER / "split.rejected.tsv")


localrules:
    split,
    join,


rule join:
    default_target: True
    input:
        tables=TABLES,
        rejected=REJECTED,
    output:
        str(OUTPUT),
    run:
        tables = [Path(name) for name in input.tables]
        lines, bad = join_tables(tables, Path(output[0]), Path(input.rejected))
        told = f", {bad:,} bad records: {OUTPUT}.rejected.tsv" if bad else ""
        print(f"{OUTPUT}: {lines:,} lines{told}", file=sys.stderr)


rule split:
    input:
        config["fasta"],
    output:
        parts=temp(PARTS),
        rejected=REJECTED,
    run:
        split_fasta(Path(input[0]), [Path(name) for name in output.parts], Path(output.rejected))


rule predict:
    input:
        str(FOLDER / "{number}.fasta.gz"),
    output:
        temp(str(FOLDER / ("{number}." + ENDING))),
    threads: 2
    resources:
        mem_mb=4096,
        runtime=240,
    retries: 1
    params:
        python=sys.executable,
        model=config["model"],
    shell:
        "{params.python:q} -m reproductions.cli predict {input:q} --model {params.model:q} "
        "-o {output:q} --on-error skip || test $? -eq 3 -a -e {output:q}"
