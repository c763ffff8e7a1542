#!/usr/bin/env python3
"""Distributions that transformers draws from after its logits processors and warpers, as JSON for SamplingGoldenTest.

    python make_sampling_goldens.py > ../../model-ops/src/test/resources/golden/sampling.json

The processors stand in the order of `GenerationMixin._get_logits_processor` in transformers 5: bias, repetition penalty,
temperature, top-k, top-p, min-p. Probabilities are those of the softmax that `generate` samples from.
"""
import itertools
import json
import sys

import torch
import transformers
from transformers import (LogitsProcessorList, MinPLogitsWarper, RepetitionPenaltyLogitsProcessor,
                          SequenceBiasLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper)

VOCABULARY = 48


def processors(s):
    chain = LogitsProcessorList()
    if s["bias"]:
        chain.append(SequenceBiasLogitsProcessor({(int(k),): v for k, v in s["bias"].items()}))
    if s["repetitionPenalty"] != 1.0:
        chain.append(RepetitionPenaltyLogitsProcessor(penalty=s["repetitionPenalty"]))
    if s["temperature"] > 0:
        if s["temperature"] != 1.0:
            chain.append(TemperatureLogitsWarper(s["temperature"]))
        if s["topK"] > 0:
            chain.append(TopKLogitsWarper(top_k=s["topK"]))
        if s["topP"] < 1.0:
            chain.append(TopPLogitsWarper(top_p=s["topP"]))
        if s["minP"] > 0.0:
            chain.append(MinPLogitsWarper(min_p=s["minP"]))
    return chain


def main():
    g = torch.Generator().manual_seed(5)
    cases = []
    grid = itertools.product((0.0, 0.7, 1.0, 1.6), (0, 1, 5, 60), (0.3, 0.9, 1.0), (0.0, 0.1, 0.5))
    for n, (temperature, top_k, top_p, min_p) in enumerate(grid):
        logits = 2.5 * torch.randn(1, VOCABULARY, generator=g)
        ids = torch.randint(0, VOCABULARY, (1, 12), generator=g)
        bias = {} if n % 3 else {str(int(i)): round(float(v), 3) for i, v in
                                 zip(torch.randperm(VOCABULARY, generator=g)[:4], 6 * torch.randn(4, generator=g))}
        s = dict(temperature=temperature, topK=top_k, topP=top_p, minP=min_p,
                 repetitionPenalty=(1.0, 1.3, 0.8)[n % 3 if n % 2 else 0], bias=bias)
        scores = processors(s)(ids, logits.clone())
        cases.append(dict(settings=s, ids=ids[0].tolist(), logits=[float(x) for x in logits[0]],
                          argmax=int(scores.argmax()), probabilities=[float(x) for x in torch.softmax(scores, -1)[0]]))
    json.dump(dict(transformers=transformers.__version__, cases=cases), sys.stdout)
    print()


if __name__ == "__main__":
    main()
