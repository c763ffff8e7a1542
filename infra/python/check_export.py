#!/usr/bin/env python3
"""Loads exported model directories in transformers and compares their logits with those of a reference.

    python check_export.py EXPORTED GOLDEN.json [EXPORTED GOLDEN.json ...]

GOLDEN.json is the golden.json of a fixture: prompts with the five largest logits at each position, all logits of the
first prompt, and a greedy continuation. Prints one JSON line a directory and exits with 1 when one differs.
"""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

TOLERANCE = 2e-4


def worst_logit(model, prompts):
    worst = 0.0
    for prompt in prompts:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([prompt["ids"]])).logits[0]
        for position, pairs in enumerate(prompt["top5"]):
            for token, value in pairs:
                worst = max(worst, abs(float(logits[position, token]) - value))
        for position, row in enumerate(prompt.get("logits", [])):
            worst = max(worst, float((logits[position] - torch.tensor(row)).abs().max()))
    return worst


def check(directory, golden):
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager").eval()
    prompts = json.load(open(golden, encoding="utf-8"))["prompts"]
    found = {"directory": os.path.basename(directory), "class": type(model).__name__,
             "worstLogit": worst_logit(model, prompts)}
    greedy = True
    for prompt in prompts:
        ids = torch.tensor([prompt["ids"]])
        tokens = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=24,
                                min_new_tokens=24, eos_token_id=None, pad_token_id=0)[0, ids.shape[1]:].tolist()
        greedy = greedy and tokens == prompt["greedy"]["ids"]
    found["greedyEqual"] = greedy
    found["endIds"] = GenerationConfig.from_pretrained(directory).eos_token_id
    if os.path.exists(os.path.join(directory, "tokenizer.json")):
        tokenizer = AutoTokenizer.from_pretrained(directory)
        found["chat"] = tokenizer.apply_chat_template([{"role": "user", "content": "Hello."}], tokenize=False,
                                                      add_generation_prompt=True)
    return found


def main():
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    failed = False
    arguments = sys.argv[1:]
    for directory, golden in zip(arguments[::2], arguments[1::2]):
        found = check(directory, golden)
        failed = failed or found["worstLogit"] > TOLERANCE or not found["greedyEqual"]
        print(json.dumps(found), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
