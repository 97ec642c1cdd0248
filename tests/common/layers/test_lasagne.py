"""A published Lasagne network of the DeepLoc family, rebuilt from these layers.

Weights and profiles are read from the mirror (GPLv3, never part of this project). The expected
values are those of an independent float64 forward pass, and of the network's own published bar
chart: 527 of 635 proteins right, loss 0.625.
"""

import json

import numpy as np
import pytest
from keras import ops

from common.layers import MaskedConv1D, PeepholeLSTM, PeepholeLSTMCell, masked_softmax
from common.paths import mirror_folder

MIRROR = mirror_folder()
FOLDER = MIRROR / "dtu_oracle" if MIRROR else None

pytestmark = [
    pytest.mark.mirror,
    pytest.mark.skipif(
        FOLDER is None or not FOLDER.is_dir(), reason="the mirror with dtu_oracle is not here"
    ),
]


def convolution(x, arrays, activation="relu"):
    """Lasagne's Conv1DLayer: kernels (filters, features, width), flipped; padding is not masked."""
    kernel, bias = arrays
    layer = MaskedConv1D(len(bias), kernel.shape[2], activation=activation, flip_filters=True)
    layer.build(x.shape)
    layer.set_weights([kernel.transpose(2, 1, 0), bias])
    return layer(x)


def lstm(x, mask, arrays, backwards):
    layer = PeepholeLSTM(15, backwards=backwards, grad_clipping=2.0)
    layer.build(x.shape)
    layer.set_lasagne_weights(arrays)
    return layer(x, mask=mask)


def decode(states, mask, arrays, steps):
    """Attention decoder: the context of the last step, (batch, features)."""
    hidden, inputs, peepholes = arrays[0:8], arrays[8:12], arrays[12:15]
    align, project, vector = (ops.convert_to_tensor(array) for array in arrays[15:18])
    gates = [
        array
        for gate in range(4)
        for array in (inputs[gate], hidden[2 * gate], hidden[2 * gate + 1])
    ]
    cell = PeepholeLSTMCell(30)
    cell.build((None, 30))
    cell.built = True
    cell.set_gates([*gates, *peepholes])
    c, h = (ops.repeat(ops.convert_to_tensor(array), len(states), axis=0) for array in arrays[18:])
    keys = ops.matmul(states, project)
    for _ in range(steps):
        query = ops.expand_dims(ops.matmul(h, align), 1)
        scores = ops.matmul(ops.tanh(query + keys), vector)[..., 0]
        weights = masked_softmax(scores, mask)
        context = ops.einsum("bl,bld->bd", weights, states)
        h, (_, c) = cell(context, (h, c))
    return context, weights


@pytest.fixture(scope="module")
def published():
    """Probabilities, attention weights and labels of the published network."""
    with np.load(FOLDER / "CNN-LSTM-Attention_params.npz") as file:
        arrays = [file[f"arr_{number}"] for number in range(64)]
    with np.load(FOLDER / "reduced_val.npz") as file:
        x, labels, present = (file[key] for key in ("X_val", "y_val", "mask_val"))
    mask = ops.convert_to_tensor(present > 0)
    x = ops.convert_to_tensor(x)
    x = ops.concatenate([convolution(x, arrays[0:2]), convolution(x, arrays[2:4])], -1)
    x = convolution(x, arrays[4:6])
    states = ops.concatenate(
        [lstm(x, mask, arrays[6:23], False), lstm(x, mask, arrays[23:40], True)], -1
    )
    context, weights = decode(states, mask, arrays[40:60], steps=2)
    hidden = ops.relu(ops.matmul(context, arrays[60]) + arrays[61])
    probabilities = ops.softmax(ops.matmul(hidden, arrays[62]) + arrays[63])
    return ops.convert_to_numpy(probabilities), ops.convert_to_numpy(weights), labels


@pytest.fixture(scope="module")
def expected():
    return json.loads((FOLDER / "golden.json").read_text())["models"]["CNN-LSTM-Attention"]


def test_as_many_are_right_as_published(published, expected):
    probabilities, _, labels = published
    predicted = probabilities.argmax(1)
    assert len(labels) == expected["n"] == 635
    assert (predicted == labels).sum() == expected["correct"] == 527
    assert np.bincount(predicted, minlength=10).tolist() == expected["pred_bincount"]
    loss = -np.log(probabilities[np.arange(635), labels]).mean()
    assert loss == pytest.approx(expected["loss"], abs=2e-6)


def test_probabilities_and_attention_are_those_of_the_reference(published, expected):
    probabilities, weights, _ = published
    np.testing.assert_allclose(probabilities[:8], expected["probs_first8"], rtol=0, atol=1e-5)
    assert weights[:8].argmax(1).tolist() == expected["attention_argmax_first8"]
    np.testing.assert_allclose(
        weights[:8].max(1), expected["attention_max_first8"], rtol=0, atol=1e-5
    )
