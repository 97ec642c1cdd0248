"""Bodies of requests and answers, as /openapi.json describes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ID_LENGTH = 200
"""Most characters of an id."""


def _is_text(text: str) -> str:
    """JSON may hold halves of characters, which no encoding can write."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"half a character at {error.start + 1}") from error
    return text


Text = Annotated[str, AfterValidator(_is_text)]


class NamedSequence(BaseModel):
    """One sequence with its id."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Text = Field(description="One word.", min_length=1, max_length=ID_LENGTH)
    sequence: Text = Field(
        description="Residues or nucleotides, upper or lower case.", min_length=1
    )


class Question(BaseModel):
    """Sequences to predict: either `fasta` or `sequences`."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"model": "sonderby", "fasta": ">P1\nMKTAYIAKQRQISFVKSHFSRQ\n"}]
        },
    )

    model: Text = Field(description="A name of /api/models.", min_length=1)
    fasta: Text = Field("", description="Text of a FASTA file; copies of a record are left out.")
    sequences: list[NamedSequence] = Field([], description="In place of `fasta`.")
    attention: bool = Field(True, description="Whether answers hold `attention_weights`.")


class Result(BaseModel):
    """The answer for one sequence."""

    id: str
    length: int = Field(description="Residues or nucleotides.")
    location: str = Field(description="The best; of a multi-label model several, joined by |.")
    probability: float = Field(description="Of the best location, calibrated.")
    entropy: float = Field(description="Bits; 0 is certain.")
    unusual: list[str] = Field(description="What sets it apart from the training sequences.")
    attention: list[int] = Field(description="Positions with the most attention, from 1.")
    probabilities: dict[str, float] = Field(description="Of each label, in the model's order.")
    sequence: str = Field(description="As the network reads it, with unknown letters mapped.")
    attention_weights: list[float] | None = Field(
        description="One a letter, 0 where the network does not read; null where it has none."
    )


class Answer(BaseModel):
    """Answers in the order of the sequences."""

    model: str
    task: Literal["single-label", "multi-label", "distribution"]
    labels: list[str]
    weights_sha256: str = Field(description="Of the weights that answered.")
    results: list[Result]


class Model(BaseModel):
    """What a user must know of a model; its card, shortened."""

    name: str
    title: str
    task: Literal["single-label", "multi-label", "distribution"]
    labels: list[str]
    alphabet: str = Field(description="protein or RNA.")
    summary: str = Field(description="The main score and its data.")
    data_variant: str = Field(description="exact, reconstructed, partial data or simulated.")
    training_sequences: int
    calibrated: bool
    citation: str
    licence: str = Field(description="Of the training data.")
    remark: str
    weights_sha256: str


class Bounds(BaseModel):
    """Limits of this server."""

    body_bytes: int = Field(description="Longest body of a request.")
    sequences: int = Field(description="Most sequences a request.")
    letters: int = Field(description="Longest sequence.")
    waiting: int = Field(description="Most requests that wait; beyond it, 503.")
    answer_seconds: float = Field(description="Longest wait for an answer; beyond it, 504.")


class Offers(BaseModel):
    """Models and limits."""

    models: list[Model]
    limits: Bounds


class Health(BaseModel):
    """Whether the server is well, and what it is at."""

    status: Literal["ok"]
    waiting: int = Field(description="Requests in the queue.")
    loaded: list[str] = Field(description="Models in memory.")


class Fault(BaseModel):
    """One reason for a refusal."""

    record: str = Field(description="What is at fault, such as a sequence's id.")
    fault: str = Field(description="What was received.")
    remedy: str = Field(description="What helps.")


class Faults(BaseModel):
    """Why a request was refused."""

    errors: list[Fault]
