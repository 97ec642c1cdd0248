"""Layers that the papers share; each gives the same answer whatever the padding."""

from common.layers.attention import AttentionPooling, ChannelAttention, masked_softmax
from common.layers.convolution import MaskedConv1D, MultiWidthConv1D
from common.layers.decoder import AttentionDecoder
from common.layers.dropout import PositionDropout
from common.layers.embedding import FixedEmbedding
from common.layers.masking import (
    MaskedLayer,
    RaggedToDense,
    last_residue,
    lengths,
    reverse_sequences,
    zero_padding,
)
from common.layers.normalization import TorchBatchNormalization
from common.layers.padding import PadSequences
from common.layers.peephole import PeepholeLSTM, PeepholeLSTMCell, clip_gradient
from common.layers.pooling import (
    GlobalMaskedAveragePool1D,
    GlobalMaskedMaxPool1D,
    MaskedAveragePool1D,
    MaskedMaxPool1D,
)
from common.layers.recurrent import MaskedBiLSTM, MaskedLSTM, old_hard_sigmoid
from common.layers.skipping import SkippingBiLSTM
from common.layers.standardize import Standardize
from common.layers.tree import TreeLeaves

__all__ = [
    "AttentionDecoder",
    "AttentionPooling",
    "ChannelAttention",
    "FixedEmbedding",
    "GlobalMaskedAveragePool1D",
    "GlobalMaskedMaxPool1D",
    "MaskedAveragePool1D",
    "MaskedBiLSTM",
    "MaskedConv1D",
    "MaskedLSTM",
    "MaskedLayer",
    "MaskedMaxPool1D",
    "MultiWidthConv1D",
    "PadSequences",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "PositionDropout",
    "RaggedToDense",
    "SkippingBiLSTM",
    "Standardize",
    "TorchBatchNormalization",
    "TreeLeaves",
    "clip_gradient",
    "last_residue",
    "lengths",
    "masked_softmax",
    "old_hard_sigmoid",
    "reverse_sequences",
    "zero_padding",
]
