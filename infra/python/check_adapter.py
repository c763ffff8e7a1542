#!/usr/bin/env python3
"""Loads an adapter with PEFT, makes another one, and prints what both give.

    python check_adapter.py BASE ADAPTER OWN IDS

BASE is a Hugging Face directory, ADAPTER an adapter for it, OWN a folder where PEFT saves a random adapter of its own
for the same model, IDS token ids separated by commas. Prints one JSON line: the logits (fp32, a row a position) of the
model with ADAPTER, with ADAPTER merged by PEFT, and with OWN.
"""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM


def main():
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.manual_seed(5)
    base, adapter, own, ids = sys.argv[1:5]
    ids = torch.tensor([[int(i) for i in ids.split(",")]])

    def load():
        return AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, attn_implementation="eager").eval()

    def logits(model):
        with torch.no_grad():
            return model(input_ids=ids).logits[0].tolist()

    given = PeftModel.from_pretrained(load(), adapter).eval()
    answer = {"given": logits(given), "merged": logits(given.merge_and_unload())}
    config = LoraConfig(
        r=3, lora_alpha=7, target_modules=["k_proj", "o_proj", "gate_proj"], init_lora_weights=False, task_type="CAUSAL_LM"
    )
    made = get_peft_model(load(), config).eval()
    made.save_pretrained(own)
    answer["own"] = logits(made)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
