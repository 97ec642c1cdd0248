"""The commands that turn weights which others published into weights of this suite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

weights = typer.Typer()

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="What was published.")]
OutOption = Annotated[
    Path, typer.Option("--output", "-o", help="OUT.keras, or OUT.npz with OUT.json beside it.")
]


@weights.command(
    "import-lasagne",
    epilog="Example: `reproduce import-lasagne CNN-LSTM_params.npz -o net.keras`",
)
def import_lasagne(
    file: FileArgument,
    output: OutOption,
    steps: Annotated[
        int | None,
        typer.Option(help="Decoding steps of a network with attention; no array holds them."),
    ] = None,
    features: Annotated[
        int, typer.Option(help="Features a residue of a network without convolutions.", min=1)
    ] = 20,
) -> None:
    """Import an old DTU network: CNN, LSTM, attention or FFN, as a list of Lasagne's arrays."""
    from dataclasses import asdict

    check_ending(output)
    from common.backend import load_backend

    load_backend()
    from reproductions.deeploc.dtu import load, told

    model, network = load(file, steps, features)
    write_model(model, output, {"package": "reproductions.deeploc.dtu", **asdict(network)})
    typer.echo(f"{output}: {network.kind}, {model.count_params():,} parameters")
    typer.echo(told(network))


def check_ending(output: Path, endings: tuple[str, ...] = (".keras", ".npz")) -> None:
    """Refuse another ending before anything is computed.

    Raises
    ------
    UsageError
        The name has none of the endings.
    """
    from common.errors import UsageError

    if output.suffix not in endings:
        fault = f"the ending {output.suffix!r} is not known" if output.suffix else "has no ending"
        raise UsageError(str(output), fault, f"Name a file that ends in {' or '.join(endings)}")


def write_model(model: object, output: Path, config: dict | None = None) -> None:
    """Write a network as ``.keras``, or its weights as ``.npz`` and `config` as ``.json``."""
    import json

    from common.files import written_whole
    from common.training.checkpoint import save_weights

    if output.suffix == ".keras":
        with written_whole(output) as temporary:
            model.save(temporary)  # type: ignore[attr-defined]
        return
    with written_whole(output.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    save_weights(output, model)  # type: ignore[arg-type]


@weights.command(
    "import-torch",
    epilog="Example: `reproduce import-torch checkpoint.npz -o la.keras`",
)
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

    check_ending(output, (".keras",))
    if max_over not in ("padded", "residues"):
        raise UsageError("--max-over", f"{max_over!r} is not known", "Use padded or residues")
    load_backend()
    from reproductions.light_attention.authors import from_checkpoint

    model = from_checkpoint(checkpoint, prefix, max_over)
    write_model(model, output)
    typer.echo(f"{output}: {model.name}, {model.count_params():,} parameters")
