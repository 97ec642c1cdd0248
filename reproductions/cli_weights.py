"""Commands that read weights which others trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def import_torch(
    checkpoint: Annotated[Path, typer.Argument(help="State dict as .npz or .safetensors.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The .keras file to write.")],
    prefix: Annotated[str, typer.Option(help="What stands before the arrays' names.")] = "",
    max_over: Annotated[
        str, typer.Option(help="padded (as the authors batch) or residues (batch-invariant).")
    ] = "padded",
) -> None:
    """Turn a PyTorch checkpoint of Light Attention or its FFN into a Keras model."""
    from common.backend import load_backend
    from common.errors import UsageError
    from common.files import written_whole

    if output.suffix != ".keras":
        raise UsageError(str(output), "does not end with .keras", "Name a .keras file")
    if max_over not in ("padded", "residues"):
        raise UsageError("--max-over", f"{max_over!r} is not known", "Use padded or residues")
    load_backend()
    from reproductions.light_attention.authors import from_checkpoint

    model = from_checkpoint(checkpoint, prefix, max_over)
    with written_whole(output) as temporary:
        model.save(temporary)
    typer.echo(f"{output}: {model.name}, {model.count_params():,} parameters")
